import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      entities: fileURLToPath(new URL("./src/lib/characterReferences.ts", import.meta.url)),
      "punycode.js": fileURLToPath(new URL("./src/lib/hostNames.ts", import.meta.url)),
    },
  },
  build: {
    target: "es2022",
    // The content security policy allows files of this origin alone, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
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
