import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The dashboard. Its files have their digest in their names, so that browsers keep them for ever; build.js compresses them.
export default defineConfig({
  plugins: [svelte()],
  build: { outDir: "dist/app", emptyOutDir: true, assetsDir: "assets", sourcemap: false, target: "es2022" },
  server: { proxy: { "/v1": "http://127.0.0.1:8080", "/tus": "http://127.0.0.1:8080" } },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"] },
});
