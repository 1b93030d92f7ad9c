import { RuntimeError } from '../../../runtime/errors.ts';
import type { Clock, Store, StoreSnapshot } from '../../../runtime/ports.ts';
import { actorDefinitions } from '../../actors.ts';
import type { PieceBody, TimersBody } from '../../contracts/index.ts';
import { backupOf } from '../../store/backup/backup.ts';
import { examine } from '../../store/doctor/doctor.ts';
import { dumpOf } from '../../store/dump/dump.ts';
import { failure } from '../failure.ts';
import type { ApiRequest } from '../request.ts';
import { PulledExamination, PulledFile } from './pulling.ts';
import { Sessions } from './sessions.ts';
import { timersPage } from './timers.ts';

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/** The operators' questions about the store, by their endpoints' names. */
export function adminQuestions({ store, clock, stopping }: Parts) {
  const sessions = new Sessions(clock, stopping);
  const definitions = actorDefinitions();
  const snapshot = (): StoreSnapshot => {
    if (store.snapshot === undefined)
      throw new Error('This store keeps nothing on a disk, so there is nothing to read');
    return store.snapshot();
  };
  return {
    'admin.backup': ({ body }: ApiRequest<PieceBody>) =>
      told(() => sessions.answer(body, () => new PulledFile(snapshot(), (taken) => backupOf(taken, clock.now())))),
    'admin.dump': ({ body }: ApiRequest<PieceBody>) =>
      told(() => sessions.answer(body, () => new PulledFile(snapshot(), dumpOf))),
    'admin.doctor': ({ body }: ApiRequest<PieceBody>) =>
      told(() =>
        sessions.answer(body, () => new PulledExamination(snapshot(), (taken) => examine(taken, definitions))),
      ),
    'admin.timers': ({ body }: ApiRequest<TimersBody>) => told(() => timersPage(store, clock, body)),
  };
}

/** What the store says is damaged is told to the operator; he has asked for it. */
async function told<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    if (error.code === 'STORE_CORRUPT') throw failure('STORE_CORRUPT', error.message, {}, { cause: error });
    if (error.code === 'STORE_FAILED') throw failure('STORE_UNAVAILABLE', error.message, {}, { cause: error });
    throw error;
  }
}
