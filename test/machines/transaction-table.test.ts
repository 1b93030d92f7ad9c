import { describe } from 'vitest';
import { abortedCells } from './cells/transaction-aborted.ts';
import { committedCells } from './cells/transaction-committed.ts';
import { undecidedCells } from './cells/transaction-undecided.ts';
import { testTable } from './fixtures/table-tests.ts';
import { TRANSACTION, transactionColumns } from './fixtures/transaction.ts';

describe('A coordinator', () => {
  testTable({
    type: 'transaction',
    key: TRANSACTION,
    columns: transactionColumns,
    givens: [...undecidedCells, ...committedCells, ...abortedCells],
  });
});
