import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(import.meta.resolve(name));
const plain = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * Writes the icons of services (Simple Icons) and those for everything else (Material Design Icons, "mdi-…") into one file, from which
 * the program takes one at a time: a line each of its key, its own colour or nothing, and what is drawn in a box of 24 by 24. A line with
 * an equals sign is another name of a key. An other name that leads nowhere stops the build.
 */
export async function writeServiceIcons(aliasesFile, file) {
  const icons = new Map();
  const names = new Map();
  const simple = JSON.parse(await readFile(path("simple-icons/icons.json"), "utf8"));
  for (const { slug, hex, title, aliases } of simple) {
    icons.set(slug, `${hex.toLowerCase()}\t${drawn(await readFile(path(`simple-icons/icons/${slug}.svg`), "utf8"))}`);
    for (const name of [title, ...(aliases?.aka ?? [])]) {
      names.set(plain(name), slug);
    }
  }
  const material = `${dirname(path("@mdi/svg/package.json"))}/svg`;
  for (const name of (await readdir(material)).sort()) {
    icons.set(`mdi-${name.slice(0, -4)}`, `\t${drawn(await readFile(`${material}/${name}`, "utf8"))}`);
  }
  for (const [name, key] of Object.entries(JSON.parse(await readFile(aliasesFile, "utf8")))) {
    if (!icons.has(key)) {
      throw new Error(`${aliasesFile}: ${name} leads to ${key}, and there is no such icon.`);
    }
    names.set(name, key);
  }
  const lines = [...icons].map(([key, icon]) => `${key}\t${icon}`);
  for (const [name, key] of names) {
    if (name && !icons.has(name)) {
      lines.push(`${name}=${key}`);
    }
  }
  await writeFile(file, `# Simple Icons, CC0 1.0. Material Design Icons, Apache License 2.0, https://pictogrammers.com/docs/general/license/\n${lines.join("\n")}\n`);
}

function drawn(svg) {
  const paths = [...svg.matchAll(/<path[^>]* d="([^"]+)"/g)].map((match) => match[1]);
  if (paths.length === 0 || paths.some((d) => !/^[\sa-zA-Z0-9.,-]+$/.test(d))) {
    throw new Error(`Not an icon of one shape: ${svg.slice(0, 80)}`);
  }
  return paths.join(" ").replace(/\s+/g, " ");
}
