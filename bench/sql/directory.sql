with members as materialized (
  select id, display_name, title, manager_id
  from persons where team_id = $1 and not deactivated
  order by display_name, id limit 20
), managers as materialized (
  select manager.id, json_build_object(
    'displayName', manager.display_name,
    'reports', (
      select coalesce(json_agg(json_build_object('displayName', display_name)), '[]')
      from (
        select display_name from persons
        where manager_id = manager.id and not deactivated
        order by display_name, id limit 5
      ) report
    )
  ) as json
  from persons manager where manager.id in (select manager_id from members)
)
select json_build_object(
  'name', team.name,
  'parent', (select json_build_object('name', parent.name) from teams parent where parent.id = team.parent_id),
  'members', (
    select json_agg(json_build_object('displayName', member.display_name, 'title', member.title, 'manager', manager.json)
                    order by member.display_name, member.id)
    from members member left join managers manager on manager.id = member.manager_id
  )
)::text
from teams team where team.id = $1
