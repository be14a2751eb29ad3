-- Where Meta sends a WABA's webhooks, when it told: the WABA's own override, otherwise the app's callback. Whether that is not our address, as
-- last told: of several replicas one tells.
alter table waba add column callback_url text;
alter table waba add column elsewhere boolean not null default false;
