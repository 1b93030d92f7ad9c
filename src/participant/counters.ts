/** What a participant has done since it was started. */
export interface ParticipantCounters {
  /** Votes by what was said, repeats left out. */
  yes: number;
  no: number;
  readOnly: number;
  /** Decisions that were carried out. */
  committed: number;
  aborted: number;
  /** Commits that were answered `done` although nothing is remembered of their branch (rule 5). */
  forgottenCommits: number;
  /** Handlers that threw, or returned what is no vote. */
  handlerErrors: number;
  /** Messages that could not be read. */
  malformed: number;
  /** Messages that were answered with another error. */
  refused: number;
  /** Commits and aborts of branches that are known otherwise, or not at all: each is for people to see. */
  contradictions: number;
  inquiries: number;
}

export function noCounts(): ParticipantCounters {
  return {
    yes: 0,
    no: 0,
    readOnly: 0,
    committed: 0,
    aborted: 0,
    forgottenCommits: 0,
    handlerErrors: 0,
    malformed: 0,
    refused: 0,
    contradictions: 0,
    inquiries: 0,
  };
}
