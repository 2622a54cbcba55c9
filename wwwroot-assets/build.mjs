import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { writeIcons } from "./icons.mjs";
import { writeServiceIcons } from "./service-icons.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = fileURLToPath(new URL("../HomelabDashboard/wwwroot/dist", import.meta.url));

await rm(outdir, { recursive: true, force: true });

await build({
  absWorkingDir: here,
  entryPoints: {
    app: "src/app.ts",
    "list-ends": "src/list-ends.ts",
    charts: "src/charts.ts",
    "code-editor": "src/code-editor.ts",
    "log-view": "src/log-view.ts",
    notices: "src/notices.ts",
    "run-log": "src/run-log.ts",
    terminal: "src/terminal.ts",
    "terminal-workspace": "src/terminal-workspace.ts",
    styles: "src/styles/app.css",
  },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: false,
  legalComments: "linked",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "media/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "text" },
  logLevel: "info",
});

await writeIcons(`${here}src/icons.json`, `${outdir}/icons.svg`);
await writeServiceIcons(`${here}src/service-icons.json`, `${outdir}/service-icons.txt`);
