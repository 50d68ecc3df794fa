// How do the pages become files that the server hands out? One page, hashed assets, nothing inline.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { '@report': at('../src/saber/report/assets') } },
  build: {
    outDir: at('../src/saber/serve/pages'),
    emptyOutDir: true,
    // The content policy allows no script in the page and no style from data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    sourcemap: false,
    // The wheel ships these files; the terms of what was bundled go with them.
    license: { fileName: 'LICENSES.txt' },
  },
  server: {
    fs: { allow: [at('.'), at('../src/saber/report/assets')] },
    proxy: { '/api': 'http://127.0.0.1:8765' },
  },
});
