-- A shop may name the units of a refund and still not say whether they came back: these are asked about too.

alter table unitless_refunds rename to unclear_refunds;
alter table unitless_refund_lines rename to unclear_refund_lines;

-- [{"lineId": …, "quantity": …}]; empty where the shop names a sum of money only.
alter table unclear_refunds add column units jsonb not null default '[]';
