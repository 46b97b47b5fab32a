//! The GraphiQL page, for development and the demo: served only when `server.graphiql` is on, which production refuses.
//! Its files are embedded when the build could fetch them (`build.rs`); otherwise the page loads the same files, pinned
//! by version and hash, from a CDN. Either way a strict content security policy names every source.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    web,
};
use serde_json::json;

use super::backend::Edge;

include!(concat!(env!("OUT_DIR"), "/graphiql.rs"));

/// What the editor shows at first; works for everybody who is signed in.
pub const DEFAULT_QUERY: &str = "\
# Welcome to Hearten. Press play to see who you are.
{
  viewer {
    organization {
      name
    }
    person {
      displayName
      title
      team {
        name
      }
      manager {
        displayName
      }
    }
  }
}
";

const CDN: &str = "https://cdn.jsdelivr.net";

struct Asset {
    name: &'static str,
    cdn_path: &'static str,
    integrity: &'static str,
}

/// The files of GraphiQL: versions as in `graphiql/package.json`, order as in `build.rs`.
const ASSETS: [Asset; 4] = [
    Asset {
        name: "react.js",
        cdn_path: "/npm/react@18.3.1/umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    },
    Asset {
        name: "react-dom.js",
        cdn_path: "/npm/react-dom@18.3.1/umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    },
    Asset {
        name: "graphiql.js",
        cdn_path: "/npm/graphiql@3.9.0/graphiql.min.js",
        integrity: "sha384-8NGfVj4CVlqHajlZj+bPJT4thxPMHMJYn7DWK2CvtopLd02E7qsPHazniBYvVjOO",
    },
    Asset {
        name: "graphiql.css",
        cdn_path: "/npm/graphiql@3.9.0/graphiql.min.css",
        integrity: "sha384-QMux00XgRtwRLSYIY3kw2rj1ovk5AuuliAchk+HSQbqdbGFnz9GYuqIlOqxhwCE2",
    },
];

/// The page, its files, and the way there.
pub fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(front_door))
        .route("/graphiql", web::get().to(page))
        .route("/graphiql/{file}", web::get().to(file));
}

fn is_served(edge: &Edge) -> bool {
    edge.app().config.server.graphiql
}

async fn front_door(edge: web::Data<Edge>) -> HttpResponse {
    if is_served(&edge) {
        HttpResponse::Found().insert_header((LOCATION, "/graphiql")).finish()
    } else {
        HttpResponse::NotFound().finish()
    }
}

async fn page(edge: web::Data<Edge>) -> HttpResponse {
    if !is_served(&edge) {
        return HttpResponse::NotFound().finish();
    }
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy()))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html(&edge))
}

async fn file(edge: web::Data<Edge>, name: web::Path<String>) -> HttpResponse {
    let found = if is_served(&edge) { content(&name) } else { None };
    match found {
        Some((content_type, bytes)) => HttpResponse::Ok()
            .content_type(content_type)
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((CACHE_CONTROL, "public, max-age=3600"))
            .body(bytes),
        None => HttpResponse::NotFound().finish(),
    }
}

fn content(name: &str) -> Option<(&'static str, &'static [u8])> {
    let content_type =
        if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
    let bytes: &'static [u8] = match name {
        "app.js" => include_bytes!("../../graphiql/app.js"),
        "app.css" => include_bytes!("../../graphiql/app.css"),
        _ => {
            let index = ASSETS.iter().position(|asset| asset.name == name)?;
            EMBEDDED.as_ref()?.get(index)?
        }
    };
    Some((content_type, bytes))
}

// Style elements are written by the editor itself, so they cannot be told apart by a nonce.
fn policy() -> String {
    let cdn = if EMBEDDED.is_some() { String::new() } else { format!(" {CDN}") };
    format!(
        "default-src 'none'; script-src 'self'{cdn}; style-src 'self' 'unsafe-inline'{cdn}; img-src 'self' data:; \
         font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn html(edge: &Edge) -> String {
    let tag = |asset: &Asset| {
        let source = match EMBEDDED {
            Some(_) => format!("/graphiql/{}", asset.name),
            None => format!("{CDN}{}", asset.cdn_path),
        };
        let integrity = asset.integrity;
        if asset.name.ends_with(".css") {
            format!(r#"<link rel="stylesheet" href="{source}" integrity="{integrity}" crossorigin="anonymous">"#)
        } else {
            format!(r#"<script src="{source}" integrity="{integrity}" crossorigin="anonymous"></script>"#)
        }
    };
    let tags = |wants_css: bool| {
        let chosen = ASSETS.iter().filter(|asset| asset.name.ends_with(".css") == wants_css);
        chosen.map(tag).collect::<Vec<_>>().join("\n    ")
    };
    let personas = edge.app().personas.iter();
    let personas: Vec<_> =
        personas.map(|persona| json!({ "name": persona.name, "role": persona.role, "token": persona.token })).collect();
    let settings = json!({ "endpoint": "/graphql", "query": DEFAULT_QUERY, "personas": personas });
    include_str!("../../graphiql/page.html")
        .replace("{{styles}}", &tags(true))
        .replace("{{scripts}}", &tags(false))
        // Nothing in it may close the script element.
        .replace("{{settings}}", &settings.to_string().replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::schema;

    #[tokio::test]
    async fn the_first_query_fits_the_schema() {
        let response = schema::build().execute(DEFAULT_QUERY).await;
        // Without a request's context it cannot be answered; that it got so far says that it is valid.
        assert!(response.errors.iter().all(|error| !error.path.is_empty()), "{:?}", response.errors);
    }

    #[test]
    fn every_file_has_its_type_and_nothing_else_is_served() {
        assert!(content("app.js").is_some_and(|(content_type, _)| content_type.starts_with("text/javascript")));
        assert!(content("app.css").is_some_and(|(content_type, _)| content_type.starts_with("text/css")));
        assert_eq!(content("graphiql.js").is_some(), EMBEDDED.is_some());
        for name in ["", "page.html", "package.json", "../Cargo.toml"] {
            assert!(content(name).is_none(), "{name}");
        }
    }
}
