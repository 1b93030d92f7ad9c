import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addImportCommand } from '../../src/cli/import.ts';
import { ImportError } from '../../src/import/errors.ts';
import type { OrderService } from '../../src/import/service.ts';
import { FakeService } from './fake-service.ts';
import { generateOnlineRetail } from './online-retail-generator.ts';
import { generateOrderLog } from './order-management-generator.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const made = generateOnlineRetail(1);
const log = generateOrderLog(1);
let directory = '';
const path = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ordo-import-'));
  const figures = { ...made.statistics, as_placed: made.asPlaced };
  await writeFile(path('made.csv'), made.csv);
  await writeFile(path('broken.csv'), made.csv.replace('Quantity', 'Menge'));
  await writeFile(path('log.json.gz'), log.gzipped);
  await writeFile(path('expected.json'), JSON.stringify({ 'made.csv': figures, uci_full: figures }));
  await writeFile(path('other.json'), JSON.stringify({ 'made.csv': { ...figures, lines: 1 } }));
});

afterAll(() => rm(directory, { recursive: true }));

/** Runs `ordo import …` against a fake service. */
async function ordo(args: string[], service: OrderService = new FakeService(), stdin = '') {
  const stdout = new Sink();
  const stderr = new Sink();
  const seen = { code: '', message: '', started: [] as string[], stopped: 0, connected: [] as string[], closed: 0 };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addImportCommand(program, {
    startService: async ({ data }) => {
      seen.started.push(data);
      const stop = async (): Promise<void> => {
        seen.stopped += 1;
      };
      return { url: 'nats://started', stop };
    },
    connect: async ({ url }) => {
      seen.connected.push(url);
      const close = async (): Promise<void> => {
        seen.closed += 1;
      };
      return { service, close };
    },
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
  });
  await program.parseAsync(['node', 'ordo', 'import', ...args]).catch((error: unknown) => {
    if (!(error instanceof ImportError)) throw error;
    seen.code = error.code;
    seen.message = error.message;
  });
  return { ...seen, out: stdout.text, err: stderr.text };
}

describe('ordo import online-retail', () => {
  it('imports a file, reports, and fails in nothing', async () => {
    const { code, out, connected, closed } = await ordo(['online-retail', path('made.csv'), '--nats', 'nats://there']);
    expect(code).toBe('');
    expect(out).toMatch(/Everything adds up\.\n$/);
    expect(out).toMatch(/refused: no_earlier_sale +4/);
    expect({ connected, closed }).toEqual({ connected: ['nats://there'], closed: 1 });
  });

  it('reads standard input', async () => {
    const { code, out } = await ordo(['online-retail', '-', '--expect', path('expected.json')], undefined, made.csv);
    expect([code, out.includes('Everything adds up.')]).toEqual(['', true]);
  });

  it('starts a service of its own on a data directory, and stops it', async () => {
    const run = await ordo(['online-retail', path('made.csv'), '--data', path('data')]);
    expect(run).toMatchObject({ code: '', started: [path('data')], stopped: 1, connected: ['nats://started'] });
  });

  it('prints the whole report as JSON', async () => {
    const { out } = await ordo(['online-retail', path('made.csv'), '--json']);
    expect(JSON.parse(out)).toMatchObject({ ok: true, file: made.statistics, service: { asPlaced: made.asPlaced } });
  });

  it('fails when the figures are not the expected ones, and shows which', async () => {
    const { code, out } = await ordo(['online-retail', path('made.csv'), '--expect', path('other.json')]);
    expect(code).toBe('IMPORT_DIFFERS');
    expect(out).toMatch(/MISMATCH: 1 figures? do not agree\n {2}lines: \d+ found, 1 expected \(expectation\)/);
  });

  it('asks no service for a dry run', async () => {
    const run = await ordo(['online-retail', path('made.csv'), '--dry-run', '--expect', path('expected.json')]);
    expect(run).toMatchObject({ code: '', connected: [] });
    expect(run.out).toMatch(/What would be placed/);
  });

  it('says how to go on when the service goes away in the middle', async () => {
    const service = new FakeService();
    let sent = 0;
    service.fate = () => {
      sent += 1;
      return sent > 200 ? 'lost' : 'answered';
    };
    const { code, message, closed } = await ordo(['online-retail', path('made.csv')], service);
    expect({ code, closed }).toEqual({ code: 'SERVICE_GONE', closed: 1 });
    expect(message).toMatch(/Run the same command again/);
  });

  it('finishes what is under way at Ctrl-C, says how to go on, and reports nothing', async () => {
    const service = new FakeService();
    let sent = 0;
    service.fate = () => {
      sent += 1;
      if (sent === 200) process.emit('SIGINT');
      return 'answered';
    };
    const { code, message, out } = await ordo(['online-retail', path('made.csv')], service);
    expect({ code, out, left: service.underWay }).toEqual({ code: 'INTERRUPTED', out: '', left: 0 });
    expect(message).toMatch(/Stopped\. Run the same command again/);
    expect(await ordo(['online-retail', path('made.csv')], service)).toMatchObject({ code: '' });
  });

  it.each([
    [['online-retail', 'no-such-file.csv'], /FILE_UNREADABLE.*no-such-file/],
    [['online-retail', 'broken.csv'], /HEADER_UNKNOWN.*Quantity/],
    [['online-retail', 'made.csv', '--expect', 'no-such.json'], /FILE_UNREADABLE.*no-such\.json/],
    [['order-management', 'made.csv'], /LOG_INVALID/],
  ])('explains in one line why %j cannot be done', async ([kind = '', ...names], message) => {
    const run = await ordo([kind, ...names.map((name) => (name.startsWith('--') ? name : path(name)))]);
    expect(`${run.code} ${run.message}`).toMatch(message);
  });

  it('refuses a concurrency that is no number above 0', async () => {
    await expect(ordo(['online-retail', path('made.csv'), '--concurrency', '0'])).rejects.toThrow(
      /whole number above 0/,
    );
  });
});

describe('ordo import order-management', () => {
  it('replays a log, reports, and fails in nothing', async () => {
    const { code, out } = await ordo(['order-management', path('log.json.gz')]);
    expect(code).toBe('');
    expect(out).toMatch(/Everything adds up\.\n$/);
    expect(out).toMatch(new RegExp(`out_of_stock +${log.outOfStock}\n`));
  });

  it('prints the figures of a log without a service', async () => {
    const run = await ordo(['order-management', path('log.json.gz'), '--dry-run', '--json']);
    expect(run.connected).toEqual([]);
    expect(JSON.parse(run.out)).toMatchObject({ ok: true, log: { orders: log.orders } });
  });
});
