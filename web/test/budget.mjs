/** The first view of a conversation may cost 200 KB of JavaScript (gzip): the entry, the conversation, and all they import. */

import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 200 * 1000;
const assets = new URL("../dist/assets/", import.meta.url);
const page = readFileSync(new URL("../dist/index.html", import.meta.url), "utf8");

const wanted = [...page.matchAll(/assets\/([\w-]+\.js)/g)].map((match) => match[1]);
wanted.push(...readdirSync(assets).filter((name) => /^(ChannelPage|conversation)-.*\.js$/.test(name)));
if (wanted.length < 2) throw new Error("The entry or the conversation is not where it was.");

const seen = new Map();
while (wanted.length > 0) {
  const name = wanted.pop();
  if (seen.has(name)) continue;
  const code = readFileSync(new URL(name, assets), "utf8");
  seen.set(name, gzipSync(code, { level: 9 }).length);
  wanted.push(...[...code.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.js)"/g)].map((match) => match[1]));
}
const total = [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
process.stdout.write(
  `first load: ${(total / 1000).toFixed(1)} KB of JavaScript (gzip) in ${seen.size} files\n`,
);
if (total > LIMIT_BYTES) {
  process.stdout.write(`that is over the budget of ${LIMIT_BYTES / 1000} KB\n`);
  process.exit(1);
}
