// The licences of what is bundled. They ask to travel with every copy.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const TEXT = /^(?:licen[cs]e|copying|notice)(?:\.(?:md|txt))?$/i;

/**
 * Names, versions and licence texts of the packages that went into bundles; a text that several
 * share stands once. A package that was published without its text is named with its author.
 *
 * @param {readonly import('esbuild').Metafile[]} metafiles
 */
export function noticesOf(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(inputs.map((file) => PACKAGE.exec(file)?.[0]).filter(Boolean));
  /** @type {Map<string, string[]>} */
  const titles = new Map();
  for (const { title, text } of [...folders].map(noticeOf)) {
    titles.set(text, [...(titles.get(text) ?? []), title]);
  }
  const notices = [...titles].map(([text, sharing]) => `${sharing.sort().join('\n')}\n\n${text}`);
  return ['ReproLens contains works of others:', ...notices.sort()].join(
    `\n\n${'-'.repeat(72)}\n\n`,
  );
}

/** @param {string} folder */
function noticeOf(folder) {
  const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const { name, version, license, author, repository } = about;
  if (!license) throw new Error(`${folder}: says no licence, so it must not be bundled`);
  const texts = readdirSync(folder)
    .filter((file) => TEXT.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const by = author?.name ?? author ?? 'its authors';
  const from = repository?.url ?? repository ?? name;
  const text = texts.join('\n\n') || `Copyright (c) ${by} (${from}), published without its text`;
  return { title: `${name} ${version} (${license})`, text };
}
