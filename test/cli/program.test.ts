import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../fixtures/command-line.ts';
import { FakeError } from '../fixtures/fake-service.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

describe('a refusal', () => {
  it('is told on standard error, and by the exit code', async () => {
    await ordo.serve(() => new FakeError('ORDER_NOT_FOUND'));
    const { exitCode, output, errors } = await ordo.run(['ship', 'SO-1']);
    expect([exitCode, output]).toEqual([4, '']);
    expect(errors).toBe('ORDER_NOT_FOUND (404): It is ORDER_NOT_FOUND.\n  `ordo list` shows which orders there are\n');
  });

  it('says which guard failed and what is accepted', async () => {
    const details = {
      state: {},
      accepts: ['cancel', 'pay'],
      failed: [{ guard: 'isPaidOrOnAccount', why: 'it is not paid yet' }],
    };
    await ordo.serve(() => new FakeError('NOT_ACCEPTED', details, 'The order does not take ship now.'));
    const { errors } = await ordo.run(['ship', 'SO-1']);
    expect(errors).toBe(`\
NOT_ACCEPTED (409): The order does not take ship now.
  isPaidOrOnAccount: it is not paid yet
  accepted now: cancel, pay
`);
  });

  it('names the votes of an aborted transaction', async () => {
    const votes = [{ participant: 'payment/SO-1', code: 'PAYMENT_DECLINED', reason: 'no cover' }];
    await ordo.serve(() => new FakeError('TRANSACTION_ABORTED', { transaction: 'SO-1~1', votes }));
    const { errors } = await ordo.run(['pay', 'SO-1']);
    expect(errors).toContain('payment/SO-1 voted no: PAYMENT_DECLINED no cover');
    expect(errors).toContain('transaction: SO-1~1');
  });

  it('shows no control characters of whoever voted', async () => {
    const votes = [{ participant: 'service:psp', code: 'NO', reason: '\u001b[2Jgone' }];
    await ordo.serve(() => new FakeError('TRANSACTION_ABORTED', { transaction: 'SO-1~1', votes }));
    expect((await ordo.run(['pay', 'SO-1'])).errors).toContain('voted no: NO \ufffd[2Jgone');
  });

  it('is JSON on standard error with --json', async () => {
    await ordo.serve(() => new FakeError('VERSION_CONFLICT', { version: 7 }));
    const { output, errors } = await ordo.run(['ship', 'SO-1', '--json']);
    expect(output).toBe('');
    expect(JSON.parse(errors)).toEqual({
      code: 'VERSION_CONFLICT',
      message: 'It is VERSION_CONFLICT.',
      retriable: false,
      details: { version: 7 },
    });
  });

  it('is exit code 5 and a hint where no service runs', async () => {
    const { exitCode, errors } = await ordo.run(['get', 'SO-1']);
    expect(exitCode).toBe(5);
    expect(errors).toContain('NO_RESPONDERS');
    expect(errors).toContain('start a service with `ordo serve`');
  });

  it('is exit code 5 where no NATS server runs', async () => {
    const { exitCode, errors } = await ordo.run(['get', 'SO-1', '--nats', 'nats://127.0.0.1:1']);
    expect(exitCode).toBe(5);
    expect(errors).toContain('nats://127.0.0.1:1');
  });

  it('says that the outcome is unknown where no answer comes', async () => {
    await ordo.serve(() => undefined);
    const { exitCode, errors } = await ordo.run(['pay', 'SO-1', '--timeout', '1ms']);
    expect(exitCode).toBe(5);
    expect(errors).toMatch(/whether it was done is unknown: send it again with --request-id [0-9a-f-]{36}, or look/);
  });

  it('names the request id under which it was sent where the outcome is unknown', async () => {
    await ordo.serve(() => undefined);
    const { errors } = await ordo.run(['pay', 'SO-1', '--timeout', '1ms', '--request-id', 'r1', '--json']);
    expect(JSON.parse(errors)).toMatchObject({ code: 'TIMEOUT', outcomeUnknown: true, details: { requestId: 'r1' } });
  });

  it('is JSON on standard error with --ndjson too', async () => {
    await ordo.serve(() => new FakeError('BUSY', { retryAfterMs: 50 }));
    expect(JSON.parse((await ordo.run(['list', '--ndjson'])).errors)).toMatchObject({ code: 'BUSY' });
  });
});

describe('wrong usage is exit code 2 and says what is wrong:', () => {
  const wrong: [why: string, args: string[], text: string][] = [
    ['an unknown command', ['pya', 'SO-1'], 'Did you mean pay?'],
    ['an unknown flag', ['pay', 'SO-1', '--tokn', 'ok'], 'Did you mean --token?'],
    ['no order', ['pay'], 'order'],
    ['an empty order', ['pay', ''], 'orderId must not be empty'],
    ['a line without quantity', ['ship', 'SO-1', '--line', '1'], 'LINE:QUANTITY'],
    ['a return with another fate', ['return', 'SO-1', '--line', '1:2:keep'], 'writeoff'],
    ['an amount in pounds', ['refund', 'SO-1', '5.00'], 'whole number'],
    ['JSON that is none', ['amend', 'SO-1', '--address', '{'], 'JSON'],
    ['JSON that is no object', ['amend', 'SO-1', '--address', '[]'], 'object'],
    ['a duration without unit sense', ['wait', 'SO-1', '--status', 'paid', '--for', 'soon'], '5s'],
    ['a time without zone', ['pay', 'SO-1', '--deadline', '2030-01-01T00:00'], '2010-12-01T08:26:00.000Z'],
    ['a file that is not there', ['place', 'nowhere.json'], 'nowhere.json'],
    ['a resolution without reason', ['tx', 'resolve', 'SO-1~1', '--outcome', 'aborted', '--by', 'ann'], '--reason'],
  ];

  it.each(wrong)('%s', async (_why, args, text) => {
    const { exitCode, output, errors } = await ordo.run(args);
    expect(exitCode).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(text);
  });
});

describe('Ctrl-C while an answer is waited for', () => {
  it('ends with 130', async () => {
    await ordo.serve(() => {
      process.emit('SIGINT');
      return undefined;
    });
    const { exitCode, output, errors } = await ordo.run(['wait', 'SO-1', '--status', 'paid', '--for', '60s']);
    expect({ exitCode, output, errors }).toEqual({ exitCode: 130, output: '', errors: 'Stopped by a signal.\n' });
  });

  it('says under which request id a command was sent, which may have been done', async () => {
    await ordo.serve(() => {
      process.emit('SIGINT');
      return undefined;
    });
    const { exitCode, errors } = await ordo.run(['pay', 'SO-1', '--request-id', 'r1']);
    expect(exitCode).toBe(130);
    expect(errors).toMatch(/whether it was done is unknown: send it again with --request-id r1/);
  });
});
