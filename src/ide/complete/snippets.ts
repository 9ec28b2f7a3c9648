/** How each declaration, item and action is begun, with stops where the author goes on. */
import type { Keyword } from "../../../grammar/tokens.ts";

/** For keywords that begin something with a shape of its own. */
export const SNIPPETS: ReadonlyMap<Keyword, string> = new Map<Keyword, string>([
  ["policy", 'policy ${1:name} "${2:title}" version "${3:1.0.0}"'],
  ["module", 'module ${1:name} "${2:title}" version "${3:1.0.0}"'],
  ["import", 'import { ${2:name} } from "${1:std/guards}"'],
  ["param", "param ${1:name}: ${2:fraction} = ${3:10%} in ${4:0%..50%}"],
  ["model", 'model "${1:model.json}"'],
  ["example", "example {\n  id: string\n  ${1:label}: ${2:int in 0..9}\n}"],
  ["band", 'band ${1:name} = layers "${2:encoder/**}"'],
  ["cohort", "cohort ${1:name} = ${2:label in 0..4}"],
  ["profile", "profile ${1:name} { ${2:band}: ${3:full} }"],
  ["behavior", 'behavior ${1:name} = probe "${2:probes/name.jsonl}"'],
  ["route", "route ${1:cohort} -> ${2:band}: ${3:block}"],
  ["detach", "detach ${1:cohort} at ${2:band}"],
  ["bound", "bound ${1:entropy(band)} in ${2:0.1..0.9} over ${3:50 steps} {\n  ${4:below} => ${5:warn}\n}"],
  ["provenance", "provenance {\n  require ${1:id} else ${2:reject}\n}"],
  ["never", "never ${1:cohort} -> ${2:band}"],
  ["always", "always ${1:cohort} -> ${2:band}"],
  ["ruleset", "ruleset ${1:name}(${2:learners: cohort}) {\n  ${3:route learners -> band: block}\n}"],
  ["apply", "apply ${1:ruleset}(${2})"],
  ["test", 'test "${1:title}" {\n  given { ${2:label: 7} }\n  expect ${3:band}: ${4:block}\n}'],
  ["layer", 'layer "${1:name}" kind ${2:dense} units ${3:32}'],
  ["layers", 'layers "${1:encoder/**}"'],
  ["depth", "depth ${1:0%}..${2:50%}"],
  ["first", "first ${1:2} layers"],
  ["last", "last ${1:2} layers"],
  ["units", "units ${1:0}..${2:15}"],
  ["sample", "sample ${1:10%}"],
  ["enum", 'enum("${1:a}", "${2:b}")'],
  ["set", "set<${1:string}>"],
  ["entropy", "entropy(${1:band})"],
  ["gradient_norm", "gradient_norm(${1:band})"],
  ["update_ratio", "update_ratio(${1:band})"],
  ["dead_units", "dead_units(${1:band})"],
  ["influence", "influence(${1:cohort}, ${2:band})"],
  ["loss", "loss(${1:cohort})"],
  ["loss_gap", "loss_gap(${1:cohort}, ${2:cohort})"],
  ["below", "below => ${1:warn}"],
  ["above", "above => ${1:warn}"],
  ["outside", "outside => ${1:halt}"],
  ["then", "then ${1:halt} after ${2:500 steps}"],
  ["skip", "skip step"],
  ["freeze", "freeze ${1:band}"],
  ["attenuate", "attenuate ${1:band} to ${2:50%}"],
  ["amplify", "amplify ${1:band} to ${2:2}"],
  ["clip", "clip ${1:band} at ${2:1.0}"],
  ["steer", "steer ${1:band} toward ${2:0.6} strength ${3:0.1}"],
  ["require", "require ${1:id} else ${2:reject}"],
  ["verify", "verify digest"],
  ["trace", "trace ${1:band} every ${2:25 steps}"],
  ["retain", "retain ${1:forever}"],
  ["attest", "attest ${1:release}"],
  ["given", "given { ${1:label: 7} }"],
]);

/** A snippet as plain text, for editors that know no stops. */
export function withoutStops(snippet: string): string {
  return snippet.replace(/\$\{\d+(?::([^}]*))?\}/g, (_, text: string | undefined) => text ?? "");
}

/** A text that a snippet takes as it is. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, "\\$&");
}
