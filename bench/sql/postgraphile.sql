-- What PostGraphile needs beside the tables to be asked for the home screen, as its users would write it: views where
-- a list depends on more than one column's equality, tags for references that the schema does not enforce, and the
-- indices those views look for. Hearten neither reads nor needs any of it. PostGraphile joins views into the statement of
-- their parent as it does with tables.

comment on table service_requests is E'@foreignKey (assignee_id) references persons (id)';

-- Hearten's own indices begin with the organization, by which PostGraphile does not ask.
create index bench_action_items on action_items (owner_id, done_at);
create index bench_goals on goals (owner_id, state);
create index bench_requests_assigned on service_requests (assignee_id, state);
create index bench_requests_escalated on service_requests (escalated_to, state);
create index bench_attendees on conversation_attendees (person_id);
create index bench_receivers on recognition_receivers (person_id, recognition_id);
create index bench_accounts on point_accounts (holder, kind);
create index bench_teams_led on teams (lead_id);

-- What is expected of somebody and not done.
create view open_expectations as
  select * from expectations where state in ('PROPOSED', 'ACCEPTED') and reported_at is null;
comment on view open_expectations is
  E'@primaryKey id\n@foreignKey (to_id) references persons (id)\n@foreignKey (from_id) references persons (id)';

-- What waits for somebody's word, once for each side that may owe it.
create view awaiting_expectations as
  select from_id as person_id, * from expectations
  where (state = 'NEGOTIATED' and awaits = 'FROM') or (state = 'ACCEPTED' and reported_at is not null)
  union all
  select to_id as person_id, * from expectations where state = 'NEGOTIATED' and awaits = 'TO';
comment on view awaiting_expectations is
  E'@primaryKey person_id,id\n@foreignKey (person_id) references persons (id)\n@foreignKey (from_id) references persons (id)\n@foreignKey (to_id) references persons (id)';

-- Open goals of open cycles, with their place on the home screen: stale ones first, then by confidence.
create view open_goals as
  select goals.*,
    (case when check_in_due_on < (now() at time zone 'UTC')::date then 0 else 4 end)
      + (case confidence when 'OFF_TRACK' then 0 when 'AT_RISK' then 1 when 'ON_TRACK' then 3 else 2 end) as place
  from goals join goal_cycles on goal_cycles.id = goals.cycle_id
  where goals.state = 'OPEN' and goal_cycles.state = 'OPEN';
comment on view open_goals is
  E'@primaryKey id\n@foreignKey (owner_id) references persons (id)\n@foreignKey (cycle_id) references goal_cycles (id)';

-- Who is to attend which planned conversation, and when.
create view planned_attendances as
  select attendee.id, attendee.person_id, attendee.conversation_id, conversation.scheduled_at
  from conversation_attendees attendee join conversations conversation on conversation.id = attendee.conversation_id
  where conversation.state = 'PLANNED';
comment on view planned_attendances is
  E'@primaryKey id\n@foreignKey (person_id) references persons (id)\n@foreignKey (conversation_id) references conversations (id)';

-- What somebody asked for and that is not settled.
create view unsettled_requests as select * from service_requests where state in ('OPEN', 'WAITING', 'ANSWERED');
comment on view unsettled_requests is
  E'@primaryKey id\n@foreignKey (asker_id) references persons (id)\n@foreignKey (assignee_id) references persons (id)\n@foreignKey (queue_id) references request_queues (id)';

-- What waits for somebody: theirs, climbed to them, or unassigned in a queue of theirs. A queue is of those it names, and
-- of its team: who leads it, and who is in it or below it. Written so that Postgres finds the queues once for each person
-- and climbs to the teams above by their key; the plain `queue_id in (…)` with a plain join cost it four times as much as
-- all the rest of the screen.
create view awaiting_requests as
  select person.id as person_id, request.*
  from persons person
  cross join lateral (
    select array(
      select queue_id from request_queue_owners where request_queue_owners.person_id = person.id
      union all
      select queue.id from request_queues queue where queue.team_id = any (array(
        with recursive above (id, parent_id) as (
          select team.id, team.parent_id from teams team where team.id = person.team_id
          union all
          select next.* from above cross join lateral (
            select team.id, team.parent_id from teams team where team.id = above.parent_id offset 0
          ) next
        )
        select id from above
        union all
        select id from teams where lead_id = person.id and not archived
      ))
    ) as queues offset 0
  ) own
  join service_requests request on request.state = 'OPEN' and (
    request.assignee_id = person.id or request.escalated_to = person.id
    or (request.assignee_id is null and request.queue_id = any (own.queues))
  );
comment on view awaiting_requests is
  E'@primaryKey person_id,id\n@foreignKey (person_id) references persons (id)\n@foreignKey (asker_id) references persons (id)\n@foreignKey (queue_id) references request_queues (id)';

-- The thanks somebody got.
create view received_thanks as
  select receiver.person_id, thanks.*
  from recognition_receivers receiver join recognitions thanks on thanks.id = receiver.recognition_id
  where thanks.withdrawn_at is null;
comment on view received_thanks is
  E'@primaryKey person_id,id\n@foreignKey (person_id) references persons (id)\n@foreignKey (giver_id) references persons (id)\n@foreignKey (company_value_id) references company_values (id)';

-- What somebody can give this month and spend. An allowance of an earlier month counts as renewed; without rules the
-- default is Hearten's.
create view wallets as
  select person.id as person_id,
    coalesce(
      (select balance from point_accounts account where account.holder = person.id and account.kind = 'ALLOWANCE'
        and account.month >= to_char(now() at time zone 'UTC', 'YYYY-MM')),
      (select (monthly_allowance ->> person.relationship)::bigint from point_rules rules
        where rules.organization_id = person.organization_id),
      case person.relationship when 'BOARD_MEMBER' then 0 else 100 end
    ) as allowance,
    coalesce((select balance from point_accounts account where account.holder = person.id and account.kind = 'EARNED'), 0) as earned
  from persons person;
comment on view wallets is E'@primaryKey person_id\n@foreignKey (person_id) references persons (id)';

-- How much of what others did somebody has not seen, without what they muted.
create view unseen_notifications as
  select person.id as person_id, (
    select count(*)::int from (
      select from notifications
      where notifications.person_id = person.id and seen_at is null and actor_id is distinct from person.id
        and not exists (
          select from notification_preferences preference, jsonb_array_elements_text(preference.muted) area
          where preference.person_id = person.id and starts_with(notifications.kind, area || '.')
        )
      limit 1000
    ) unseen
  ) as unseen
  from persons person;
comment on view unseen_notifications is E'@primaryKey person_id\n@foreignKey (person_id) references persons (id)';
