import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { emojiData } from "./emoji.ts";

const server = "http://localhost:8080";

export default defineConfig({
  plugins: [react(), emojiData()],
  resolve: {
    // What markdown-it brings and this client does without; each file says why.
    alias: Object.fromEntries(
      Object.entries({
        entities: "characterReferences",
        "linkify-it": "bareLinks",
        mdurl: "addresses",
        "punycode.js": "hostNames",
        "uc.micro": "characterClasses",
      }).map(([name, file]) => [name, fileURLToPath(new URL(`./src/lib/${file}.ts`, import.meta.url))]),
    ),
  },
  build: {
    target: "es2022",
    // The content security policy allows files of this origin alone, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        // Two chunks for the first view: many small ones, made where later parts share some of it, are larger and slower.
        codeSplitting: {
          groups: [
            { name: "base", tags: ["$initial"], priority: 2 },
            { name: "conversation", test: /features\/conversation\/ChannelPage\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": server,
      "/health": server,
      "/gateway": { target: server, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["test/setup.ts"],
    restoreMocks: true,
    // The alias above reaches only what Vite itself transforms.
    server: { deps: { inline: ["markdown-it"] } },
  },
});
