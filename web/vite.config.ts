import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = "http://localhost:8080";

export default defineConfig({
  plugins: [react()],
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
  },
});
