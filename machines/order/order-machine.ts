import { NO_ORDER } from './order-context.ts';
import { orderSetup } from './order-setup.ts';

/**
 * An order. Its four regions run side by side: `transaction` takes the commands and the outcomes of two-phase commit
 * and books them in the ledger; `payment`, `fulfillment` and `life` follow the ledger (decision 0003).
 */
export const orderMachine = orderSetup.createMachine({
  id: 'order',
  type: 'parallel',
  description:
    'One order of one customer, from being placed to its completion or cancellation, and returns after that.',
  context: NO_ORDER,
  states: {
    life: {
      description: 'Whether the order as a whole is still going on.',
      initial: 'new',
      states: {
        new: {
          description: 'Nothing is known yet. The only thing to do is to place the order.',
          on: {
            place: { target: 'open', actions: 'recordOrder', description: 'The customer orders.' },
          },
        },
        open: {
          description: 'The order is going on.',
          always: [
            {
              guard: 'isCanceledWhole',
              target: 'canceled',
              actions: 'announceCanceled',
              description: 'All of it has been canceled.',
            },
            {
              guard: 'isExpired',
              target: 'canceled',
              actions: ['recordExpiry', 'announceCanceled'],
              description: 'It was not paid in time, and no payment is under way.',
            },
            {
              guard: 'isComplete',
              target: 'completed',
              actions: ['recordCompletion', 'announceCompleted'],
              description: 'Everything has been received and nothing is outstanding.',
            },
          ],
        },
        completed: {
          description: 'Received and paid. Returns, refunds and notes are still taken.',
          after: {
            returnWindow: { target: 'closed', actions: 'recordClosing', description: 'The time for returns is over.' },
          },
        },
        canceled: { description: 'Called off. What was captured for it has been paid back.' },
        closed: { description: 'Completed for good: nothing comes back any more.' },
      },
    },
    payment: {
      description: 'Where the money is.',
      initial: 'new',
      states: {
        new: {
          description: 'There is nothing to pay for yet.',
          on: { place: { target: 'unpaid', description: 'The customer orders and owes the total.' } },
        },
        unpaid: {
          description: 'Waiting for the payment.',
          after: { paymentWindow: { target: 'overdue', description: 'The customer has not paid in time.' } },
          always: { guard: 'isPaid', target: 'paid', description: 'The payment has been taken.' },
        },
        overdue: {
          description: 'The time to pay is over. The order is canceled as soon as no transaction holds it.',
          always: {
            guard: 'isPaid',
            target: 'paid',
            description: 'A payment that was under way has been taken after all.',
          },
        },
        paid: {
          description: 'The payment has been taken.',
          always: [
            { guard: 'isRefundedWhole', target: 'refunded', description: 'All of it has been paid back.' },
            { guard: 'isRefundedInPart', target: 'partiallyRefunded', description: 'Some of it has been paid back.' },
          ],
        },
        partiallyRefunded: {
          description: 'Some of the money has been paid back.',
          always: { guard: 'isRefundedWhole', target: 'refunded', description: 'The rest has been paid back.' },
        },
        refunded: { description: 'All of the money has been paid back.' },
      },
    },
    fulfillment: {
      description: 'Where the goods are.',
      initial: 'new',
      states: {
        new: {
          description: 'There is nothing to ship yet.',
          on: { place: { target: 'unfulfilled', description: 'The customer orders.' } },
        },
        unfulfilled: {
          description: 'Nothing has shipped.',
          always: [
            { guard: 'isOnItsWay', target: 'shipped', description: 'Everything has shipped.' },
            { guard: 'isShippedInPart', target: 'partiallyShipped', description: 'A first part has shipped.' },
          ],
        },
        partiallyShipped: {
          description: 'Some units have shipped, others are open.',
          always: [
            {
              guard: 'isDelivered',
              target: 'delivered',
              description: 'What was open is canceled, the rest delivered.',
            },
            {
              guard: 'isOnItsWay',
              target: 'shipped',
              description: 'The last open units have shipped or been canceled.',
            },
            { guard: 'nothingIsShipped', target: 'unfulfilled', description: 'All that had shipped got lost.' },
          ],
        },
        shipped: {
          description: 'Everything has shipped; something is still under way.',
          always: [
            { guard: 'isDelivered', target: 'delivered', description: 'The last parcel has arrived.' },
            {
              guard: 'isShippedInPart',
              target: 'partiallyShipped',
              description: 'A parcel got lost: its units are open.',
            },
            { guard: 'nothingIsShipped', target: 'unfulfilled', description: 'All that had shipped got lost.' },
          ],
        },
        delivered: {
          description: 'Everything has arrived. Waiting for the customer to confirm it.',
          after: { receiptWindow: { target: 'overdue', description: 'The customer has said nothing in time.' } },
          always: { guard: 'isConfirmed', target: 'confirmed', description: 'The customer has confirmed the receipt.' },
        },
        overdue: {
          description: 'The time to confirm is over. It counts as confirmed as soon as no transaction holds the order.',
          always: {
            guard: 'isUnlocked',
            target: 'confirmed',
            actions: 'recordReceipt',
            description: 'Silence counts as a confirmation.',
          },
        },
        confirmed: { description: 'Everything has arrived and the receipt is confirmed.' },
      },
    },
    transaction: {
      description: 'Takes the commands. What concerns others too is done together with them or not at all.',
      initial: 'new',
      on: {
        commit: {
          guard: 'isPastOutcome',
          actions: 'replyDone',
          description: 'The coordinator repeats an outcome that has been taken in.',
        },
        abort: {
          guard: 'isPastOutcome',
          actions: 'replyDone',
          description: 'The coordinator repeats an outcome that has been taken in.',
        },
      },
      states: {
        new: {
          description: 'There is nothing to do anything with yet.',
          on: { place: { target: 'none', description: 'The customer orders: other commands are taken from now on.' } },
        },
        none: {
          description: 'No transaction holds the order: commands are taken.',
          on: {
            pay: [
              {
                guard: 'mayPayAlone',
                actions: 'doAlone',
                description: 'Nothing is outstanding and no stock is needed.',
              },
              {
                guard: 'mayPay',
                target: 'prepared',
                actions: 'begin',
                description: 'Take the money; prepaid, reserve the stock.',
              },
            ],
            ship: {
              guard: 'mayShip',
              target: 'prepared',
              actions: 'begin',
              description: 'Hand open lines to a carrier.',
            },
            deliver: {
              guard: 'mayDeliver',
              actions: 'recordDelivery',
              description: 'A parcel has arrived, could not be handed over, or got lost.',
            },
            confirmReceipt: {
              guard: 'mayConfirm',
              actions: 'recordReceipt',
              description: 'The customer confirms that everything has arrived.',
            },
            cancel: [
              { guard: 'mayCancelAlone', actions: 'doAlone', description: 'Nothing was captured or reserved for it.' },
              {
                guard: 'mayCancel',
                target: 'prepared',
                actions: 'begin',
                description: 'Pay back the money, release the stock.',
              },
            ],
            return: [
              {
                guard: 'mayReturnAlone',
                actions: 'doAlone',
                description: 'Nothing comes back and nothing is paid back.',
              },
              { guard: 'mayReturn', target: 'prepared', actions: 'begin', description: 'Delivered goods come back.' },
            ],
            refund: {
              guard: 'mayRefund',
              target: 'prepared',
              actions: 'begin',
              description: 'Money back without goods.',
            },
            amend: { guard: 'mayAmend', actions: 'recordAmendment', description: 'Address or remarks change.' },
            note: { guard: 'mayNote', actions: 'recordNote', description: 'Somebody writes a note.' },
          },
        },
        prepared: {
          description: 'The order has voted yes and waits for the decision. No command is taken meanwhile.',
          tags: 'busy',
          after: {
            inquiryPause: {
              target: 'prepared',
              reenter: true,
              actions: 'inquireAgain',
              description: 'No decision has come: ask the coordinator.',
            },
          },
          on: {
            commit: {
              guard: 'isThisTransaction',
              target: 'none',
              actions: ['doWork', 'replyDone'],
              description: 'All have voted yes: the work is done.',
            },
            abort: {
              guard: 'isThisTransaction',
              target: 'none',
              actions: ['undoWork', 'replyDone'],
              description: 'Somebody voted no or not in time: the order is as it was.',
            },
            'begin.answered': [
              {
                guard: 'saysCommitted',
                target: 'none',
                actions: 'doWork',
                description: 'The coordinator says: committed.',
              },
              {
                guard: 'saysAborted',
                target: 'none',
                actions: 'undoWork',
                description: 'The coordinator says: aborted.',
              },
              { guard: 'saysUndecided', actions: 'noteUndecided', description: 'The coordinator has not decided yet.' },
            ],
          },
        },
      },
    },
  },
});
