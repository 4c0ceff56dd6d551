-- Refunds that say a sum and no units. Whether anything came back only a person knows: each is a task until somebody says.

create table unitless_refunds (
  store_id text not null,
  order_id text not null,
  refund_id text not null,
  refunded_at timestamptz not null,
  amount text not null default '',
  settled_at timestamptz,
  settled_by text,
  outcome text,
  primary key (store_id, order_id, refund_id),
  foreign key (store_id, order_id) references orders on delete cascade
);

-- What a person counted in for a refund, line by line of its order.
create table unitless_refund_lines (
  store_id text not null,
  order_id text not null,
  refund_id text not null,
  line_id text not null,
  quantity bigint not null check (quantity > 0),
  primary key (store_id, order_id, refund_id, line_id),
  foreign key (store_id, order_id, refund_id) references unitless_refunds on delete cascade
);
