import {
  type BranchKind,
  branchArguments,
  decisionMessage,
  type Parsed,
  type ParticipantPhase,
  parsePayload,
  participantPhases,
  prepareMessage,
  refusalBody,
} from '../contracts/index.ts';
import { kindOf } from './branch.ts';
import type { BranchMessage } from './decide.ts';
import { Refusal } from './errors.ts';

const prepareMessages = {
  payment: prepareMessage.extend({ args: branchArguments.payment }),
  stock: prepareMessage.extend({ args: branchArguments.stock }),
  shipment: prepareMessage.extend({ args: branchArguments.shipment }),
} as const satisfies Record<BranchKind, typeof prepareMessage>;

/**
 * Reads what a coordinator asks. Throws a Refusal, INVALID_REQUEST or TOO_LARGE, that names every field that is wrong.
 *
 * @param subject `participants.<name>.<phase>`
 * @param served the kinds of branches that the participant takes.
 */
export function readMessage(subject: string, payload: Uint8Array, served: readonly BranchKind[]): BranchMessage {
  const phase = phaseOf(subject);
  if (phase !== 'prepare') {
    const { deadline, ...about } = valid(parsePayload(decisionMessage, payload));
    return { ...about, phase, deadline: Date.parse(deadline) };
  }
  const message = valid(parsePayload(prepareMessage, payload));
  const known = kindOf(message.operation);
  const kind = known !== undefined && served.includes(known) ? known : undefined;
  const { deadline, ...about } = kind === undefined ? message : valid(parsePayload(prepareMessages[kind], payload));
  return { ...about, phase, kind, deadline: Date.parse(deadline) };
}

function phaseOf(subject: string): ParticipantPhase {
  const last = subject.slice(subject.lastIndexOf('.') + 1);
  const phase = participantPhases.find((one) => one === last);
  if (phase !== undefined) return phase;
  const fields = [{ path: '', why: `must come on one of ${participantPhases.join(', ')}, not ${last}` }];
  return valid({ ok: false, code: 'INVALID_REQUEST', fields });
}

function valid<Body>(parsed: Parsed<Body>): Body {
  if (parsed.ok) return parsed.body;
  const { message, details } = refusalBody(parsed);
  throw new Refusal(parsed.code, message, details);
}
