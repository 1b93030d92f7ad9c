import type { Address } from './address.ts';
import type { HostLog } from './host-options.ts';
import type { Mail } from './mail.ts';
import { traceIdOf } from './trace-context.ts';

/** A mail's step has thrown, which is our own bug: nothing has changed. Logs it and tells whoever waits for the step. */
export function failMail(log: HostLog, address: Address, mail: Mail, error: unknown): void {
  log.error({ address, mail: mail.kind, ...originOf(mail), err: error }, 'A step has failed; nothing has changed');
  switch (mail.kind) {
    case 'command':
      return mail.tell({ kind: 'failed', error });
    case 'message':
      return mail.answer({ kind: 'failure', message: 'INTERNAL' });
    case 'wake':
    case 'repeat':
      return mail.done();
    case 'answer':
      return;
  }
}

/** What a mail asks for and where it comes from. What it carries may be secret and stays out. */
function originOf(mail: Mail): Readonly<Record<string, string | undefined>> {
  switch (mail.kind) {
    case 'command':
      return { event: mail.command.event.type, cause: mail.command.cause, traceId: traceIdOf(mail.command.trace) };
    case 'message':
      return { event: mail.input.event.type, cause: mail.input.cause, traceId: traceIdOf(mail.input.trace) };
    case 'answer':
      return { ask: mail.input.ask, traceId: traceIdOf(mail.input.trace) };
    case 'wake':
    case 'repeat':
      return {};
  }
}
