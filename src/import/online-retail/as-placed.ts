/** What is to be found in the service once everything has been placed and returned. Values are decimal text. */
export type AsPlaced = {
  readonly orders: number;
  readonly goods_lines: number;
  readonly free_goods_lines: number;
  readonly goods_units: number;
  readonly fee_lines: number;
  readonly fee_value: string;
  readonly captured: string;
  readonly returned_units_on_hand_at_end: number;
  readonly refunded_at_sale_price: string;
  readonly orders_with_returns: number;
  readonly fee_only_orders: number;
};
