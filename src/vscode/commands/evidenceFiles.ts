/** Files that a project needs for level 3 and a person may change afterwards; nothing is replaced unasked. */
import * as vscode from 'vscode';
import type { Project } from '../../core/model/project.js';
import type { Snapshot } from '../../core/model/snapshot.js';
import {
  DOCKERFILE,
  DockerfileExistsError,
  dockerfileText,
  writeDockerfile,
} from '../../core/produce/dockerfile.js';
import {
  planReproduceScript,
  ScriptChangedError,
  writeReproduceScript,
} from '../../core/produce/reproduce.js';
import { testCommands } from '../../core/produce/testCommands.js';
import { now } from '../../core/system/clock.js';
import { existsInside } from '../../core/system/inside.js';
import { scriptObstacle } from '../../core/words/remedies.js';
import { uriOf } from '../places.js';
import { HumanError } from '../ui.js';
import { directoryInside } from './declarations.js';

/** Writes `reproduce.sh`, after asking where there is another one, and opens it. */
export async function writeScript({ project }: Snapshot): Promise<void> {
  const plan = await planReproduceScript(project);
  const [obstacle] = plan.obstacles;
  if (obstacle !== undefined) throw new HumanError(scriptObstacle(obstacle));
  const uri = uriOf(plan.root, plan.file);
  if (plan.differs && (plan.replaces === undefined || (await mayReplace(plan.file)))) {
    try {
      await writeReproduceScript(plan);
    } catch (error) {
      if (!(error instanceof ScriptChangedError)) throw error;
      throw new HumanError(
        vscode.l10n.t(
          '{0} was changed meanwhile and stays as it is. Run the command again.',
          error.file,
        ),
      );
    }
  }
  await vscode.window.showTextDocument(uri);
}

async function mayReplace(file: string): Promise<boolean> {
  const replace = vscode.l10n.t('Replace it');
  const chosen = await vscode.window.showQuickPick([replace, vscode.l10n.t('Leave it')], {
    title: vscode.l10n.t('{0} is there already, and is another one.', file),
    ignoreFocusOut: true,
  });
  return chosen === replace;
}

/** Asks for a base image with its digest and writes a Dockerfile that builds on it. */
export async function writeContainerFile({ project }: Snapshot): Promise<void> {
  const { root } = project;
  const text = await askImage(project);
  if (text === undefined) return;
  try {
    await writeDockerfile(root, text);
  } catch (error) {
    if (!(error instanceof DockerfileExistsError)) throw error;
    throw new HumanError(vscode.l10n.t('There is a Dockerfile already; it stays as it is.'));
  }
  await vscode.window.showTextDocument(uriOf(root, DOCKERFILE));
}

/** The Dockerfile for the image that a person names; the captured one is proposed. */
async function askImage({ root, envelope }: Project): Promise<string | undefined> {
  const environment = envelope?.environment;
  const epoch = environment?.epoch ?? Math.trunc(now() / 1000);
  const lock = existsInside(root, 'requirements.lock');
  const made = (image: string): string | undefined => dockerfileText({ image, epoch, lock });
  const captured = environment?.image?.reference ?? '';
  const image = await vscode.window.showInputBox({
    title: vscode.l10n.t('The image to build on, with its digest'),
    placeHolder: 'python:3.12-slim@sha256:…',
    value: made(captured) === undefined ? '' : captured,
    prompt: vscode.l10n.t('A tag can move; "docker image inspect" shows the digest.'),
    validateInput: (text) =>
      made(text) === undefined
        ? vscode.l10n.t('An image reference with "@sha256:" and 64 hexadecimal digits.')
        : undefined,
    ignoreFocusOut: true,
  });
  return image === undefined ? undefined : made(image);
}

/** Opens a terminal in the step's directory with its tests typed and not run: that is the user's to do. */
export async function openTests({ project }: Snapshot, step: string): Promise<void> {
  const { root, file } = project;
  const document = await vscode.workspace.openTextDocument(uriOf(root, file));
  const tests = testCommands(document.getText(), file, step);
  const cwd = tests === undefined ? undefined : directoryInside(root, tests.directory);
  if (tests === undefined || cwd === undefined) {
    throw new HumanError(vscode.l10n.t('Step {0} has no directory inside the project.', step));
  }
  if (tests.commands.length === 0) {
    throw new HumanError(
      vscode.l10n.t('Step {0} has no test command that can be typed in a terminal.', step),
    );
  }
  // The name under which vaibify files what the tests find out.
  const slug = file.slice(file.lastIndexOf('/') + 1).replace(/\.json$/, '');
  const name = vscode.l10n.t('Tests of {0}', step);
  const env = { VAIBIFY_ACTIVE_WORKFLOW_SLUG: slug };
  const terminal = vscode.window.createTerminal({ name, cwd, env });
  terminal.show();
  terminal.sendText(tests.commands.join(' && '), false);
}
