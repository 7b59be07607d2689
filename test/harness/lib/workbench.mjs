// What a user does in the workbench, by keyboard and mouse, and what a user sees, read from the page. The selectors hold in
// the oldest and in the newest VS Code. Types: workbench.d.mts.

/** The editor and the terminal write blanks as no-break spaces. */
const plain = (/** @type {string} */ text) => text.replace(/\u00a0/g, ' ');

/** An icon may stand before it. */
const exactly = (/** @type {string} */ label) =>
  new RegExp(`^\\W*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} url */
  async open(url) {
    await this.page.goto(url, { timeout: 60_000 });
    const items = this.page.locator('.monaco-workbench .part.statusbar .statusbar-item');
    await items.first().waitFor({ timeout: 60_000 });
  }

  quickInput() {
    return this.page.locator('.quick-input-widget:visible:not([inert])');
  }

  quickRows() {
    return this.quickInput().locator('.quick-input-list .monaco-list-row');
  }

  async closeQuickInput() {
    const widget = this.page.locator('.quick-input-widget');
    for (let tries = 0; tries < 5 && (await widget.filter({ visible: true }).count()); tries++) {
      await this.page.keyboard.press('Escape');
      const hidden = widget.first().waitFor({ state: 'hidden', timeout: 2000 });
      await hidden.catch(() => undefined);
    }
  }

  /**
   * The quick input fades in and out, inert meanwhile: a pressed key is lost, and fill() waits for ever on a closing one. So: wait
   * until the former one is gone, press, wait until its input has the focus, type, check what it holds.
   * @param {string} key
   * @param {string} text
   */
  async openQuickInput(key, text) {
    const focused = this.page.locator('.quick-input-widget:visible input.input:focus');
    for (let tries = 0; ; tries++) {
      await this.closeQuickInput();
      await this.page.keyboard.press(key);
      try {
        await focused.waitFor({ timeout: 3000 });
        await this.page.keyboard.press('Control+A');
        await this.page.keyboard.insertText(text);
        if ((await focused.inputValue({ timeout: 1000 })) === text) return this.quickRows();
      } catch (error) {
        if (tries >= 3) throw error;
      }
    }
  }

  /** Leaves the palette open. @param {string} text */
  palette(text) {
    return this.openQuickInput('F1', `>${text}`);
  }

  /** Clicks the row with exactly this label: Enter would run whatever is ranked first. @param {string} title */
  async command(title) {
    await this.palette(title);
    await this.pick(title);
  }

  /** An entry of the open quick pick with exactly this label; an icon may stand before it. @param {string} label */
  row(label) {
    const name = this.page.locator('.label-name', { hasText: exactly(label) });
    return this.quickRows().filter({ has: name }).first();
  }

  /** @param {string} label */
  async pick(label) {
    await this.row(label).click();
  }

  /**
   * Tasks: Run Task, then the type, the task, and the question about its output.
   * @param {string} type
   * @param {string} name
   */
  async runTask(type, name) {
    await this.command('Tasks: Run Task');
    await this.row(type).or(this.row(name)).first().waitFor();
    if (await this.row(type).count()) await this.pick(type);
    await this.pick(name);
    const scan = this.row('Continue without scanning the task output');
    await scan.waitFor({ timeout: 1500 }).then(
      () => scan.click(),
      () => undefined,
    );
  }

  /** Rows of 'Developer: Show Running Extensions', with activation times. */
  async runningExtensions() {
    const size = this.page.viewportSize() ?? { width: 1280, height: 800 };
    await this.command('Developer: Show Running Extensions');
    // the list is drawn as far as it is seen only, and is sorted by time
    await this.page.setViewportSize({ width: size.width, height: 3000 });
    const rows = this.page.locator('.runtime-extensions-editor .monaco-list-row');
    await rows.first().waitFor();
    await this.page.waitForTimeout(500);
    const texts = await rows.allInnerTexts();
    await this.page.setViewportSize(size);
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /**
   * Clicks the row of exactly this file: Enter would open whatever is first before the list is filtered. One in the root of a
   * folder goes before those of its name deeper down.
   * @param {string} name a path inside the folder
   */
  async openFile(name) {
    const at = name.lastIndexOf('/');
    const [folder, base] = [name.slice(0, Math.max(at, 0)), name.slice(at + 1)];
    await this.openQuickInput('Control+P', name);
    const named = this.quickRows().filter({
      has: this.page.locator('.label-name', { hasText: exactly(base) }),
    });
    const without = this.page.locator('.label-description:not(:empty)');
    const here = folder ? named.filter({ hasText: folder }) : named.filter({ hasNot: without });
    await named.first().waitFor({ timeout: 30_000 });
    // the list is drawn anew while the search goes on: a row may hold another file when the click arrives
    let [before, same] = ['', 0];
    await until(async () => {
      const now = (await this.labels(this.quickRows())).join();
      same = now === before ? same + 1 : 0;
      before = now;
      if (same < 3) return false;
      const row = (await here.count()) > 0 ? here : named;
      await row.first().click({ timeout: 1500 });
      return true;
    }, `the row of ${name}`);
    await this.page.locator('.tab.active', { hasText: base }).waitFor();
  }

  /** @param {number} line */
  async goToLine(line) {
    await this.openQuickInput('Control+P', `:${line}`);
    await this.quickRows().first().waitFor();
    // a list that is drawn anew at that moment takes no Enter
    await until(async () => {
      if ((await this.quickInput().count()) === 0) return true;
      await this.page.keyboard.press('Enter');
      const hidden = this.quickInput().waitFor({ state: 'hidden', timeout: 3000 });
      return hidden.then(
        () => true,
        () => false,
      );
    }, `the way to line ${line}`);
  }

  /**
   * A status bar item, by the extension's id and the id given to createStatusBarItem.
   * @param {string} extension
   * @param {string} item
   */
  status(extension, item) {
    return this.page.locator(`[id="${extension}.${item}"]`);
  }

  /** File names of the pictures in the gutter, top to bottom. */
  gutterIcons() {
    const glyphs = this.page.locator('.editor-instance .glyph-margin-widgets > .cgmr');
    return glyphs.evaluateAll((elements) =>
      elements
        .map((element) => ({
          top: element.getBoundingClientRect().top,
          file: /path=([^&")]+)/.exec(getComputedStyle(element).backgroundImage)?.[1],
        }))
        .filter(({ file }) => file)
        .sort((a, b) => a.top - b.top)
        .map(({ file }) => decodeURIComponent(file).split('/').pop()),
    );
  }

  /** The badge of a file in the explorer, null without one: it is the content of a CSS ::after. @param {string} file */
  explorerBadge(file) {
    const row = this.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${file}"]`);
    return row.first().evaluate((element) => {
      const contents = [element, ...element.querySelectorAll('*')]
        .map((part) => getComputedStyle(part, '::after').content)
        .filter((content) => content && !['none', 'normal', '""'].includes(content));
      return contents[0]?.replace(/^"|"$/g, '') ?? null;
    });
  }

  codeLenses() {
    return this.page.locator('.codelens-decoration').allInnerTexts();
  }

  /** The words behind lines: each is the content of a CSS ::after. */
  async wordsBehindLines() {
    const spans = this.page.locator('.editor-instance .view-lines span');
    const contents = await spans.evaluateAll((elements) =>
      elements
        .map((element) => getComputedStyle(element, '::after').content)
        .filter((content) => /^".+"$/.test(content)),
    );
    return contents.map((content) => plain(content.slice(1, -1)));
  }

  /** Rows of a list or a tree as `label description`. @param {import('playwright-core').Locator} rows */
  labels(rows) {
    return rows.evaluateAll((elements) =>
      elements.map((row) =>
        ['.label-name', '.label-description']
          .map((part) => row.querySelector(part)?.textContent ?? '')
          .join(' ')
          .replace(/\s+/g, ' ')
          .trim(),
      ),
    );
  }

  /** @param {import('playwright-core').Locator} locator */
  colour(locator) {
    return locator.first().evaluate((element) => getComputedStyle(element).color);
  }

  /** @param {string} channel */
  async outputText(channel) {
    await this.command('Output: Show Output Channels...');
    await this.pick(channel);
    return plain(await this.page.locator('.part.panel .view-lines').innerText());
  }

  /** A shell's echo holds the text of the command too: match what it printed as a line of its own. */
  async terminalText() {
    // the header that sticks to the top of a long output is drawn by a second one
    const rows = this.page.locator('.terminal-wrapper.active .xterm-rows').first();
    return plain(await rows.innerText());
  }

  notifications() {
    return this.page.locator('.notifications-toasts .notification-list-item-message');
  }

  /** Before a screenshot that is meant for readers. */
  async tidy() {
    await this.command('Notifications: Clear All Notifications');
    await this.page.mouse.move(0, 0);
  }

  /** The nth webview's own content: it lies in two nested frames. */
  webview(nth = 0) {
    const outer = this.page.frameLocator('iframe.webview.ready').nth(nth);
    return outer.frameLocator('iframe#active-frame');
  }
}

/**
 * Waits until `probe` returns something true, and returns it. Badges, gutter and status are drawn later: poll them.
 * @template T
 * @param {() => T | Promise<T>} probe
 * @param {string} what
 */
export async function until(probe, what, ms = 15_000) {
  for (const end = Date.now() + ms; ;) {
    let last;
    try {
      const value = await probe();
      if (value) return value;
      last = JSON.stringify(value);
    } catch (error) {
      last = error.message;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms; last: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
