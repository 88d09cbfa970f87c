import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

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

/** Writes .br and .gz beside what compresses; the web server sends them to browsers that take them. */
function precompress(): Plugin {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 };
  const write = async (path: string) => {
    const content = await readFile(path);
    const [br, gz] = await Promise.all([brotli(content, { params }), zip(content, { level: 9 })]);
    await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
  };
  return {
    name: "precompress",
    apply: "build",
    async closeBundle() {
      const assets = fileURLToPath(new URL("./dist/assets", import.meta.url));
      const names = await readdir(assets);
      await Promise.all(names.filter((name) => /\.(js|css|wasm)$/.test(name)).map((name) => write(join(assets, name))));
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  worker: { format: "es" },
  build: { chunkSizeWarningLimit: 6000, sourcemap: false, manifest: true },
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
