-- When listings were last read back: webhooks may ask for one pull of listings after another.
alter table stores add column read_back_at timestamptz;
