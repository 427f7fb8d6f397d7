/** Lower folders import no upper ones: lib <- gateway <- voice <- state <- components <- features <- app <- main. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, it } from "vitest";

const SOURCE = resolve(import.meta.dirname, "../src");
const ORDER = ["lib", "texts", "gateway", "voice", "state", "components", "features", "app"] as const;
const NO_REACT = new Set(["lib", "texts", "gateway", "voice", "state"]);

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory()
      ? files(path)
      : /\.tsx?$/.test(name) && !/\.test\./.test(name)
        ? [path]
        : [];
  });
}

const layerOf = (path: string): string => relative(SOURCE, path).split(sep)[0] ?? "";

interface Import {
  from: string;
  to: string;
}

const imports: Import[] = files(SOURCE).flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => ({
    from: path,
    to: match[1] ?? "",
  })),
);

it("finds the imports it judges", () => {
  expect(imports.length).toBeGreaterThan(200);
});

it("no folder imports from above", () => {
  const wrong = imports.filter(({ from, to }) => {
    if (!to.startsWith(".")) return false;
    const own = ORDER.indexOf(layerOf(from) as never);
    const other = ORDER.indexOf(layerOf(resolve(dirname(from), to)) as never);
    return own !== -1 && other > own;
  });
  expect(wrong).toEqual([]);
});

it("the lower folders know no React", () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      NO_REACT.has(layerOf(from)) && /^(react|react-dom|react-aria|react-i18next|zustand$)/.test(to),
  );
  expect(wrong).toEqual([]);
});

it("nothing writes HTML text", () => {
  const wrong = files(SOURCE).filter((path) =>
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/.test(
      readFileSync(path, "utf8"),
    ),
  );
  expect(wrong).toEqual([]);
});
