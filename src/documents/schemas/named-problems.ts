import { z } from 'zod';
import {
  type ErrorCode,
  errorCodes,
  errorKinds,
  type HttpProblemCode,
  httpProblemKinds,
  problemDetails,
  serviceRoutes,
  tutorialAnswer,
  tutorialRoutes,
} from '../../contracts/index.ts';
import type { Named } from './named-answers.ts';
import { healthName, problemName, tutorialName } from './names.ts';

/** Codes that a failed condition (If-Match, If-None-Match) is answered with too, as 412. */
export const conditionCodes = ['VERSION_CONFLICT', 'ORDER_EXISTS'] as const satisfies readonly ErrorCode[];

function problemOfCode(code: ErrorCode): Named {
  const { number, retriable, details, meaning } = errorKinds[code];
  const statuses = conditionCodes.some((one) => one === code) ? [number, 412] : [number];
  const schema = problemDetails.extend({
    code: z.literal(code),
    status: z.literal(statuses),
    retriable: z.literal(retriable),
    details,
  });
  return { schema, about: meaning };
}

function problemOfHttp(code: HttpProblemCode): Named {
  const { status, retriable, meaning } = httpProblemKinds[code];
  const schema = problemDetails.extend({
    code: z.literal(code),
    status: z.literal(status),
    retriable: z.literal(retriable),
  });
  return { schema, about: meaning };
}

/** Every error answer over HTTP, by name. */
export const problems: Readonly<Record<string, Named>> = {
  Problem: {
    schema: problemDetails,
    about: 'An error answer over HTTP: problem details (RFC 9457). Newer versions may send codes not documented here.',
  },
  ...Object.fromEntries(errorCodes.map((code) => [problemName(code), problemOfCode(code)])),
  ...Object.fromEntries(
    (Object.keys(httpProblemKinds) as HttpProblemCode[]).map((code) => [problemName(code), problemOfHttp(code)]),
  ),
};

/** What the routes of the tutorial take, by name. */
export const tutorialRequests: Readonly<Record<string, Named>> = Object.fromEntries(
  tutorialRoutes.map(({ tutorial, body, summary }) => [tutorialName(tutorial), { schema: body, about: summary }]),
);

/** What they answer, and what the routes about health do, by name. */
export const httpAnswers: Readonly<Record<string, Named>> = {
  TutorialAnswer: { schema: tutorialAnswer, about: 'An order, as far as the tutorial knows it.' },
  ...Object.fromEntries(
    serviceRoutes.flatMap(({ about, answer, summary }) =>
      answer === null ? [] : [[healthName(about), { schema: answer, about: summary }]],
    ),
  ),
};
