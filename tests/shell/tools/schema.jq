# SPDX-License-Identifier: GPL-2.0-only
# What of a document is not as its JSON schema says, a line each; of the schema language, what schemas/ use.
#
#	jq -r --slurpfile schema SCHEMA -f schema.jq DOCUMENT

def resolve($ref):
	if $ref == "#" then $schema[0] else $schema[0]["$defs"][$ref | ltrimstr("#/$defs/")] end;

def faults($s; $at):
	. as $value
	| ($value | type) as $type
	| (if $s["$ref"] then faults(resolve($s["$ref"]); $at) else empty end),
	  (if $s.type and ([$s.type] | flatten | index($type) | not) then "\($at): is \($type)" else empty end),
	  (if $s.enum and all($s.enum[]; . != $value) then "\($at): \($value) is none of \($s.enum | tojson)" else empty end),
	  (if $s.pattern and $type == "string" and (test($s.pattern) | not) then "\($at): \($value) is not \($s.pattern)" else empty end),
	  (if $s.anyOf and all($s.anyOf[]; . as $one | [$value | faults($one; $at)] | length > 0) then "\($at): is of no kind" else empty end),
	  (if $type == "object" then
		(($s.required // [])[] | select(. as $key | $value | has($key) | not) | "\($at): has no \(.)"),
		(keys[] as $key
		 | if $s.properties[$key] then .[$key] | faults($s.properties[$key]; "\($at).\($key)")
		   elif $s.additionalProperties == false then "\($at): \($key) is not documented"
		   else empty end)
	  elif $type == "array" and $s.items then
		range(length) as $n | .[$n] | faults($s.items; "\($at)[\($n)]")
	  else empty end);

faults($schema[0]; "$")
