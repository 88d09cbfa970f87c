import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const backend = `http://127.0.0.1:${process.env["PORT"] ?? "8000"}`;

/** Codecs are CommonJS: the dev server needs them named, or it fails with "no export named default". */
const codecs = [
  "@cornerstonejs/codec-charls/decodewasmjs",
  "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs",
  "@cornerstonejs/codec-openjpeg/decodewasmjs",
  "@cornerstonejs/codec-openjph/wasmjs",
  "@cornerstonejs/codec-libjxl/decodewasmjs",
  "@cornerstonejs/jpeg-lossless-decoder-js",
];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  worker: { format: "es" },
  build: { chunkSizeWarningLimit: 6000, sourcemap: false },
  optimizeDeps: {
    exclude: ["@cornerstonejs/dicom-image-loader"],
    include: ["dicom-parser", ...codecs.map((name) => `@cornerstonejs/dicom-image-loader > ${name}`)],
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      // The browser's Host stays, or Django's CSRF check would see another origin.
      "/api": { target: backend },
      "/dicomweb": { target: backend },
      "/ws": { target: backend, ws: true },
    },
  },
});
