// The book without a network: keeps the pages that were visited and what they share, of this site
// alone. Written by tools/site/offline.py, which fills in the version of the build.
"use strict";
const VERSION = "{version}";
const WANTED = {wanted}; // false: the site takes back what it has kept
const PREFIX = `book ${registration.scope} `;
const NAME = PREFIX + VERSION;
const NOT_KEPT = "{not_kept}";

self.addEventListener("install", () => { if (!WANTED) self.skipWaiting(); });
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  if (WANTED) {
    // What was kept of the last version is fetched anew; what cannot be is kept as it was.
    const cache = await caches.open(NAME);
    for (const name of old) {
      const kept = await caches.open(name);
      for (const request of await kept.keys()) {
        const fresh = await fetch(request.url, { cache: "no-cache" }).catch(() => null);
        if (fresh?.ok) await cache.put(request.url, fresh);
        else if (!fresh) await cache.put(request.url, await kept.match(request));
      }
    }
  } else {
    await registration.unregister();
    old.push(NAME);
  }
  for (const name of old) await caches.delete(name);
  if (WANTED) await clients.claim();
})()));

// A page says what it has loaded before this was there, or that the reader wants the new version.
self.addEventListener("message", (event) => {
  if (event.data === "renew") self.skipWaiting();
  else if (Array.isArray(event.data)) event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    for (const address of event.data) {
      if (ours(address) && !(await cache.match(address))) await cache.add(address).catch(() => {});
    }
  })());
});

const ours = (address) => address.startsWith(registration.scope);

async function answer(request) {
  const cache = await caches.open(NAME);
  const address = request.url.split("#")[0];
  const lasting = /\?v=|\/fonts\//.test(address); // another content has another address
  const kept = lasting && await cache.match(address);
  if (kept) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok && fresh.status === 200) await cache.put(address, fresh.clone());
    return fresh;
  } catch (error) {
    const last = await cache.match(address, { ignoreSearch: true });
    if (last) return last;
    if (request.mode !== "navigate") throw error;
    const head = { "Content-Type": "text/html; charset=utf-8" };
    return new Response(NOT_KEPT, { status: 503, headers: head });
  }
}

if (WANTED) self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !ours(request.url) || /\.(pdf|ipynb)$/.test(request.url)) return;
  event.respondWith(answer(request));
});
