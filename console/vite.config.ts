import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the console into dist/console, from where the API serves it. `vite console` serves it beside a running API. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // charts are loaded with the pages that draw them
    chunkSizeWarningLimit: 600,
    // the content security policy allows no data: fonts or scripts
    assetsInlineLimit: 0,
  },
  server: { port: 5173, proxy: { '/v1': process.env.REACH_URL ?? 'http://localhost:3000' } },
});
