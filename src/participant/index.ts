/**
 * The participant SDK: what a service needs to take part in Ordo's two-phase commit. Its author writes prepare, commit
 * and abort; docs/participants.md explains it.
 */
export type { BranchFacts, BranchId, HeldBranch, Json, NewBranch } from './branch.ts';
export { type ParticipantClock, systemClock } from './clock.ts';
export type { ParticipantCounters } from './counters.ts';
export { ParticipantError, type ParticipantErrorCode, type RefusalCode, refusalKinds } from './errors.ts';
export type { CallContext, Handlers, KeptBy, NoVote, ReadOnlyVote, Vote, YesVote } from './handlers.ts';
export { participantLimits, participantPauses } from './limits.ts';
export type { BranchLog, OpenQuery } from './log/branch-log.ts';
export { type BranchLogCheck, branchLogChecks } from './log/conformance.ts';
export { type EndedEntry, isOpen, type LogEntry, type OpenEntry } from './log/entry.ts';
export { LevelBranchLog } from './log/level-log.ts';
export { MemoryBranchLog } from './log/memory-log.ts';
export { consoleLogger, type ParticipantLogger } from './logger.ts';
export type { ParticipantOptions } from './options.ts';
export { type OpenBranch, type Participant, type ParticipantStatus, startParticipant } from './participant.ts';
