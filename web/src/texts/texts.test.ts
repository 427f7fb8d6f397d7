import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { de as deFirst } from "./de";
import { deAccount } from "./de.account";
import { deAdmin } from "./de.admin";
import { deGroup } from "./de.group";
import { deLater } from "./de.later";
import { deModeration } from "./de.moderation";
import { deSecurity } from "./de.security";
import { en as enFirst } from "./en";
import { enAccount } from "./en.account";
import { enAdmin } from "./en.admin";
import { enGroup } from "./en.group";
import { enLater } from "./en.later";
import { enModeration } from "./en.moderation";
import { enSecurity } from "./en.security";

const en = { ...enFirst, ...enLater, ...enGroup, ...enModeration, ...enAccount, ...enSecurity, ...enAdmin };
const de = { ...deFirst, ...deLater, ...deGroup, ...deModeration, ...deAccount, ...deSecurity, ...deAdmin };

const holes = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").sort();

describe("languages", () => {
  it("say each thing in one part alone", () => {
    const parts = [enFirst, enLater, enGroup, enModeration, enAccount, enSecurity, enAdmin].flatMap((part) =>
      Object.keys(part),
    );
    expect(parts.length).toBe(new Set(parts).size);
  });

  it("have the same texts", () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en) as (keyof typeof en)[])("say the same things in %s", (key) => {
    expect(de[key].trim()).not.toBe("");
    // A singular may leave the number out.
    if (!key.endsWith("_one")) expect(holes(de[key])).toEqual(holes(en[key]));
  });
});

/** The codes of the table of errors in docs/protocol.md, which is what the server may say. */
function codesOfErrors(): string[] {
  const protocol = readFileSync(resolve(import.meta.dirname, "../../../docs/protocol.md"), "utf8");
  const rows = (protocol.split("## Errors")[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => /^\| \d{3} \|/.test(line));
  return rows.flatMap((row) => {
    // What is said of a code stands in parentheses after it.
    const codes = (row.split("|")[3] ?? "").replace(/\([^()]*\)/g, "");
    return [...codes.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");
  });
}

it("every error of the server has words of ours", () => {
  const codes = codesOfErrors();
  expect(codes).toEqual(
    expect.arrayContaining(["bad_json", "weak_password", "slow_mode", "internal", "busy"]),
  );
  expect(codes.filter((code) => !(`error.${code}` in en))).toEqual([]);
});

it("every text that is asked for by name exists", () => {
  const folder = resolve(import.meta.dirname, "..");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const asked = new Set([...sources.matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => match[1] ?? ""));
  const known = new Set(Object.keys(en).flatMap((key) => [key, key.replace(/_(one|other)$/, "")]));
  expect([...asked].filter((key) => !known.has(key))).toEqual([]);
  expect(asked.size).toBeGreaterThan(100);
});
