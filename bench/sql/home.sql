select json_build_object(
  'displayName', person.display_name,
  'title', person.title,
  'team', (select json_build_object('name', name) from teams where id = person.team_id),
  'manager', (select json_build_object('displayName', display_name, 'title', title) from persons where id = person.manager_id),
  'reports', (
    select coalesce(json_agg(json_build_object('displayName', display_name, 'title', title)), '[]')
    from (
      select display_name, title from persons
      where manager_id = person.id and not deactivated
      order by display_name, id limit 10
    ) report
  ),
  'invitations', (
    select coalesce(json_agg(json_build_object('number', number, 'closesAt', closes_at, 'title', title)), '[]')
    from (
      select wave.number, wave.closes_at, survey.title ->> 'en' as title
      from invitations invitation
      join waves wave on wave.id = invitation.wave_id
      join surveys survey on survey.id = wave.survey_id
      where invitation.person_id = person.id and invitation.state = 'PENDING'
      order by invitation.id desc limit 10
    ) invitation
  )
)::text
from persons person where person.id = $1
