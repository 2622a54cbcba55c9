import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const source = (name) => fileURLToPath(import.meta.resolve(`lucide-static/icons/${name}.svg`));

/** Writes one sprite with the Lucide icons that src/icons.json names. An unknown name stops the build. */
export async function writeIcons(listFile, spriteFile) {
  const names = JSON.parse(await readFile(listFile, "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await readFile(source(name), "utf8");
      const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  await writeFile(spriteFile, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}
