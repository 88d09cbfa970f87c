/**
 * Makes src/shared/api/schema.d.ts from the committed openapi.json; with --check it only says whether it is stale.
 *
 * openapi-typescript needs the JavaScript API of TypeScript 5, which TypeScript 7 (that checks this project) has not:
 * the hook below hands it the aliased package `typescript5`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { register } from "node:module";

register(
  "data:text/javascript," +
    encodeURIComponent(
      'export const resolve = (name, context, next) => next(name === "typescript" ? "typescript5" : name, context);',
    ),
  import.meta.url,
);

const { default: openapiTypes, astToString } = await import("openapi-typescript");
const root = new URL("../", import.meta.url);
const target = new URL("src/shared/api/schema.d.ts", root);
const document = JSON.parse(await readFile(new URL("openapi.json", root), "utf8"));
const header = "/* Made by `npm run api` from openapi.json. Do not edit. */\n\n";
const text = header + astToString(await openapiTypes(document, { alphabetize: true }));

if (process.argv.includes("--check")) {
  const present = await readFile(target, "utf8").catch(() => "");
  if (present !== text) {
    process.stderr.write("src/shared/api/schema.d.ts is stale. Run: npm run api\n");
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
