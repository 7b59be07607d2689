import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Calm } from '../../../src/core/system/calm.js';

const CALM_MS = 40;

describe('calm', () => {
  let compared = 0;
  let calm: Calm;
  beforeEach(() => {
    compared = 0;
    calm = new Calm(() => (compared += 1), CALM_MS);
  });
  afterEach(() => {
    calm.dispose();
  });
  const events = (count: number): void => {
    for (let i = 0; i < count; i++) calm.event();
  };
  /** Long enough for the calm to come, and for a second one that must not. */
  const waited = (): Promise<void> => sleep(5 * CALM_MS);

  it('compares once after a burst', async () => {
    events(1000);
    assert.equal(compared, 0, 'not in the midst of it');
    await waited();
    assert.equal(compared, 1);
  });

  it('does not compare after a few events', async () => {
    events(999);
    await waited();
    assert.equal(compared, 0);
  });

  it('counts anew after a calm', async () => {
    events(999);
    await waited();
    events(999);
    await waited();
    assert.equal(compared, 0);
  });

  it('compares when that was expected, however few events came', async () => {
    calm.expect();
    calm.event();
    await waited();
    assert.equal(compared, 1);
    calm.event();
    await waited();
    assert.equal(compared, 1, 'and not again');
  });

  it('waits until the events end', async () => {
    calm.expect();
    for (let i = 0; i < 6; i++) {
      await sleep(CALM_MS / 4);
      calm.event();
    }
    assert.equal(compared, 0);
    await waited();
    assert.equal(compared, 1);
  });

  it('does not wait for ever where something is written all the time', async () => {
    calm.expect();
    for (let i = 0; i < 50 && compared === 0; i++) {
      await sleep(CALM_MS / 4);
      calm.event();
    }
    assert.equal(compared, 1);
  });

  it('is silent when it is over', async () => {
    events(1000);
    calm.dispose();
    await waited();
    assert.equal(compared, 0);
  });
});
