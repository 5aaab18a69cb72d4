import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const server = process.env.ATTACHE ?? "http://127.0.0.1:8080";

// The dashboard. Its files have their digest in their names, so that browsers keep them for ever; build.js compresses them.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    assetsDir: "assets",
    // The pages' policy lets nothing in that stands in the text of a style sheet or script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
  },
  // Tests mount components as a browser does.
  resolve: process.env.VITEST ? { conditions: ["browser"], mainFields: ["browser", "module", "main"] } : {},
  server: { proxy: { "/v1": server, "/tus": server, "/signed": server } },
  // The client of tus is to be the one that browsers get.
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], server: { deps: { inline: ["tus-js-client"] } } },
});
