// Prints, as JSON, each change of a script that tools/mutants_js.py tries:
// [{ line, was, now, script }, …], the last being the whole script with this one change.
// Stryker finds them; ours is what it leaves alone: another number, a statement left out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Instrumenter } from "@stryker-mutator/instrumenter";

const content = readFileSync(process.argv[2], "utf-8");
const lines = content.split("\n");
const found = [];
function add(start, end, now) {
  const script = content.slice(0, start) + now + content.slice(end);
  if (found.some((other) => other.script === script)) return;
  found.push({ start, line: content.slice(0, start).split("\n").length, was: content.slice(start, end), now, script });
}

const silent = { debug() {}, info() {}, isDebugEnabled: () => false };
const options = { plugins: null, ignorers: [], excludedMutations: [] };
const files = [{ name: "it.js", mutate: true, content }];
const { mutants } = await new Instrumenter(silent).instrument(files, options);
const at = ({ line, column }) => lines.slice(0, line).join("\n").length + (line > 0) + column;
for (const { location, replacement } of mutants) add(at(location.start), at(location.end), replacement);

const { parseSync, traverse } = createRequire(import.meta.resolve("@stryker-mutator/instrumenter"))("@babel/core");
traverse(parseSync(content, { configFile: false }), {
  NumericLiteral({ node: { start, end, value } }) {
    add(start, end, String(value < 1000 ? value + 1 : value * 10));
  },
  ExpressionStatement({ node: { start, end, expression } }) {
    if (expression.type !== "UpdateExpression") add(start, end, ";"); // Stryker turns that around
  },
});
console.log(JSON.stringify(found.sort((a, b) => a.start - b.start)));
