-- Units may come back to a place that never sent them: of what came back on a line, how much another place had sent.

alter table order_lines add column sent_elsewhere bigint not null default 0;
