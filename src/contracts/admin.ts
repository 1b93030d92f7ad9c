import { z } from 'zod';
import { limits } from './limits.ts';
import { closed, growing } from './schema/objects.ts';
import { text } from './schema/text.ts';
import { pageLimit, time } from './schema/values.ts';

/**
 * The body that pulls long work on, a bounded piece at a time. Without a session it begins one. The newest piece may be
 * asked for again; the work goes on only when the next one is.
 */
export const pieceBody = closed({
  session: text(limits.sessionBytes)
    .exactOptional()
    .describe('What the first answer has named; left out, work begins.'),
  piece: z.int().min(0).default(0).describe('The number of the piece that is wanted: 0 for the first.'),
  close: z.boolean().default(false).describe('Ends the session; what it has not told is not wanted any more.'),
});

export const workProgress = z.looseObject({
  part: z.string().describe('What is being done now.'),
  done: z.int().min(0),
  total: z.int().min(0).nullable().describe('How much there is in this part; null where that is not known yet.'),
  unit: z.string(),
});

const piece = z.looseObject({
  session: z.string(),
  piece: z.int().min(0),
  last: z.boolean().describe('Nothing follows. Close the session all the same, or it stays until it is idle too long.'),
  progress: workProgress,
});

export const filePiece = piece.extend({
  data: z.string().describe('The next bytes of the file in base64; may be empty while there are none yet.'),
});

export const finding = z.looseObject({
  code: z.string(),
  severity: growing(['error', 'note']),
  address: z.string().nullable().describe('The actor that it is about; null where it is about none.'),
  message: z.string(),
  advice: z.string(),
});

const sum = z.string().describe('A whole number, as text: it may be beyond what JSON numbers hold exactly.');

export const doctorReport = z.looseObject({
  isSound: z.boolean().describe('No finding is more than a note.'),
  findings: z.record(z.string(), z.int().min(1)).describe('How many of each code, those that were not listed too.'),
  actors: z.record(z.string(), z.int().min(0)),
  entries: z.int().min(0),
  rows: z.int().min(0),
  money: z.array(z.looseObject({ currency: z.string(), digits: z.int().min(0), orders: sum, payments: sum })),
  goods: z.looseObject({ received: sum, onHand: sum, dispatched: sum, restocked: sum, reserved: sum }),
});

export const doctorPiece = piece.extend({
  findings: z.array(finding).describe(`What was found since the piece before; ${limits.findings} in all at most.`),
  report: doctorReport.nullable().describe('What it all came to, with the last piece.'),
});

export const timersBody = closed({
  type: text(limits.nameBytes).exactOptional().describe('Of actors of this type only, such as order.'),
  dueWithinMs: z.int().min(0).exactOptional().describe('Due within so many milliseconds, or overdue.'),
  limit: pageLimit.default(50),
  cursor: text(limits.cursorBytes).nullable().default(null),
});

export const actorTimers = z.looseObject({
  address: z.string(),
  next: time.describe('When the first of its timers is due; actors come in this order.'),
  timers: z.array(
    z.looseObject({
      id: z.string(),
      due: time,
      delay: z.string().nullable().describe("The name of the delay in the actor's statechart."),
      state: z.string().nullable().describe('The state that it will leave.'),
    }),
  ),
});

export const timersAnswer = z.looseObject({ actors: z.array(actorTimers), cursor: z.string().nullable() });

export type PieceBody = z.output<typeof pieceBody>;
export type FilePiece = z.output<typeof filePiece>;
export type DoctorPiece = z.output<typeof doctorPiece>;
export type DoctorFinding = z.output<typeof finding>;
export type DoctorAnswer = z.output<typeof doctorReport>;
export type TimersBody = z.output<typeof timersBody>;
export type TimersAnswer = z.output<typeof timersAnswer>;
