;;; emacs.el --- what a person does in Emacs -*- lexical-binding: t -*-
;; Opens, waits for diagnostics, hovers, completes, lays out and renames by eglot. Writes what came of it, as JSON, to
;; the file named by GOV_RESULT.

(require 'json)

(defun gov-test-wait (done)
  "Let time pass as in an editor at rest, until DONE or for 20 seconds; say what DONE gives."
  (let ((end (+ (float-time) 20)) value)
    (while (and (not (setq value (funcall done))) (< (float-time) end))
      (run-hooks 'post-command-hook)
      ;; What eglot does whenever Emacs is idle, which a script never is.
      (when (eglot-current-server) (eglot--signal-textDocument/didChange))
      (accept-process-output nil 0.05))
    value))

(defun gov-test-at (line column)
  "Go to COLUMN of LINE."
  (goto-char (point-min))
  (forward-line (1- line))
  (forward-char column))

(defun gov-test-errors ()
  "The messages of all errors, as flymake shows them."
  (flymake-start)
  (mapcar #'flymake-diagnostic-text
          (seq-filter (lambda (found) (eq (flymake-diagnostic-type found) 'eglot-error)) (flymake-diagnostics))))

(let (result)
  (condition-case problem
      (progn
        (find-file (getenv "GOV_POLICY"))
        (push (cons 'mode (symbol-name major-mode)) result)
        (gov-test-wait #'eglot-current-server)
        (push (cons 'diagnostics (vconcat (gov-test-wait #'gov-test-errors))) result)

        (gov-test-at 6 8)
        (let (said)
          (eglot-hover-eldoc-function (lambda (text &rest _) (setq said (substring-no-properties text))))
          (push (cons 'hover (gov-test-wait (lambda () said))) result))

        (gov-test-at 8 6)
        (let ((table (nth 2 (eglot-completion-at-point))))
          (push (cons 'completion (vconcat (mapcar #'substring-no-properties (all-completions "" table)))) result))

        ;; The mistake is mended, so that the text can be laid out.
        (gov-test-at 8 0)
        (delete-region (point) (line-end-position))
        (insert "route low -> top: block")
        (eglot-format-buffer)
        (push (cons 'formatted (buffer-string)) result)
        (gov-test-wait (lambda () (null (gov-test-errors))))
        (push (cons 'errors (length (gov-test-errors))) result)

        (goto-char (point-min))
        (search-forward "cohort lo")
        (eglot-rename "small")
        (push (cons 'renamed (buffer-string)) result))
    (error (push (cons 'problem (error-message-string problem)) result)))
  (with-temp-file (getenv "GOV_RESULT") (insert (json-encode result)))
  (set-buffer-modified-p nil)
  (kill-emacs 0))
