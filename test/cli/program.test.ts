import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import type { ErrorCode } from '../../src/contracts/index.ts';
import { CommandLine } from '../fixtures/command-line.ts';
import { FakeError } from '../fixtures/fake-service.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

describe('a refusal', () => {
  const codes: [ErrorCode, number][] = [
    ['INVALID_REQUEST', 2],
    ['TOO_LARGE', 2],
    ['NOT_ACCEPTED', 3],
    ['TRANSACTION_ABORTED', 3],
    ['REQUEST_ID_REUSED', 3],
    ['ORDER_NOT_FOUND', 4],
    ['WAIT_TIMEOUT', 5],
    ['BUSY', 5],
    ['SHUTTING_DOWN', 5],
    ['INTERNAL', 1],
  ];

  it.each(codes)('with %s ends with exit code %i', async (code, expected) => {
    await ordo.serve(() => new FakeError(code));
    const { exitCode, output, errors } = await ordo.run(['ship', 'SO-1']);
    expect(exitCode).toBe(expected);
    expect(output).toBe('');
    expect(errors).toContain(`It is ${code}.`);
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
    expect(errors).toContain('whether it was done is unknown');
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

describe('help', () => {
  it('shows a first order, and exits with 0', async () => {
    const { exitCode, output } = await ordo.run(['--help']);
    expect(exitCode).toBe(0);
    expect(output).toContain('ordo pay SO-1 --token ok');
  });

  it.each(
    createProgram()
      .commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]))
      .map((command) => [command.parent?.parent ? [command.parent.name(), command.name()] : [command.name()]]),
  )('of %j teaches by example', async (words) => {
    const { exitCode, output } = await ordo.run([...words, '--help']);
    expect(exitCode).toBe(0);
    expect(output).toContain(`$ ${words[0] === 'place' ? 'ordo place' : `ordo ${words.join(' ')}`}`);
  });
});
