-- What a person does in Neovim, asked of it from a script: open, wait for diagnostics, hover, complete, lay out, rename.
-- Writes what came of it, as JSON, to the file named by GOV_RESULT.
local result = {}

local function at(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
end

local function ask(method)
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000) or {}
  for _, answer in pairs(answers) do
    return answer.result
  end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n") .. "\n"
end

local ok, problem = pcall(function()
  result.filetype = vim.bo.filetype
  vim.wait(20000, function()
    return #vim.diagnostic.get(0) > 0
  end, 50)
  result.diagnostics = vim.tbl_map(function(found)
    return { line = found.lnum + 1, message = found.message }
  end, vim.diagnostic.get(0))

  at(6, 8)
  local hover = ask("textDocument/hover")
  result.hover = hover and hover.contents.value

  at(8, 6)
  local completion = ask("textDocument/completion")
  result.completion = vim.tbl_map(function(item)
    return item.label
  end, completion.items or completion)

  -- The mistake is mended, so that the text can be laid out.
  vim.api.nvim_buf_set_lines(0, 7, 8, false, { "route low -> top: block" })
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 10000 })
  else
    vim.lsp.buf.formatting_sync(nil, 10000)
  end
  result.formatted = text()
  vim.wait(20000, function()
    return #vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR }) == 0
  end, 50)
  result.errors = #vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })

  vim.fn.search("cohort low")
  vim.cmd("normal! w")
  vim.lsp.buf.rename("small")
  vim.wait(20000, function()
    return text():find("small %-> top") ~= nil
  end, 50)
  result.renamed = text()
end)
result.problem = not ok and tostring(problem) or nil
local file = assert(io.open(vim.env.GOV_RESULT, "w"))
file:write(vim.fn.json_encode(result))
file:close()
vim.cmd("qa!")
