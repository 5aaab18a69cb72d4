import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The record panel: one script that pages of other origins load, with its style in it.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    copyPublicDir: false,
    sourcemap: false,
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    lib: { entry: "src/panel/main.ts", formats: ["iife"], name: "attache", fileName: () => "panel.js" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
});
