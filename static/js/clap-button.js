// <clap-button url="…" colour="…" dark>: claps for a page of any website, told live. It is all that another site
// loads, so it stays under 4 KB as it is served. It keeps nothing with the reader and sends no cookies.
const SITE = new URL(import.meta.url).origin, CLAPS = SITE + '/api/v1/pages/claps', MOST = 50, POLL = 30000
// A sheet of its own, which no page's policy forbids.
const look = new CSSStyleSheet
look.replaceSync(`:host{--c:#c0390f;display:inline-block}
:host([dark]){color-scheme:dark}
button{display:flex;align-items:center;gap:.4em;min-height:2.75rem;padding:0 1em;border:2px solid var(--c);border-radius:2em;font:1rem system-ui;color:light-dark(#22201c,#e6e1d8);background:light-dark(#fdfcf9,#161412);touch-action:manipulation}
button:focus-visible{outline:3px solid;outline-offset:2px}
svg{width:1.5em;fill:var(--c);stroke:var(--c);stroke-width:2.7;stroke-linecap:round}
p{position:absolute;clip-path:inset(50%)}`)

customElements.define('clap-button', class extends HTMLElement {
  static observedAttributes = ['url', 'colour', 'color']

  attributeChangedCallback(name, old, value) {
    if (name != 'url') this.style.setProperty('--c', value)
    else if (this.page) this.disconnectedCallback(), this.connectedCallback()
  }

  connectedCallback() {
    if (!this.button) this.draw()
    this.page = new URL(this.getAttribute('url') || document.querySelector('link[rel=canonical]')?.href || '', location).href
    this.query = '?url=' + encodeURIComponent(this.page)
    this.claps = this.told = null
    this.yours = this.sent = this.more = this.tries = 0
    this.show()
    this.ask()
    this.listen()
  }

  disconnectedCallback() {
    this.page = ''
    this.wire?.close()
    clearTimeout(this.later)
    clearInterval(this.timer)
  }

  draw() {
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [look]
    root.innerHTML = '<button><svg role=img aria-label=Clap viewBox="0 0 32 32"><path d="M20 1.5l.2 3M25.5 3l-1.3 2.7M30 7.5l-2.6 1.5"/><path transform="rotate(-35 14 19)" d="M7 20v-7M10.2 19V10M13.4 19V9.5M16.6 19v-7M18.2 22l3.5-4.5M7 19h9.6v3.5a4.8 4.8 0 0 1-9.6 0z"/></svg><b></b></button><p role=status>'
    const [button, said] = root.children
    const release = () => clearInterval(this.timer)
    let held
    this.button = button
    this.say = text => said.textContent = text
    button.onpointerdown = () => {
      held = 0
      release()
      this.timer = setTimeout(() => { held = 1; this.timer = setInterval(() => this.clap(), 110) }, 400)
    }
    button.onpointerup = button.onpointercancel = button.onpointerleave = release
    button.onclick = event => { held && event.detail ? held = 0 : this.clap() }
  }

  // What is on its way is shown already; what is told meanwhile may have it too, and waits for the answer.
  // Where numbers are kept from readers nothing is told.
  show() {
    if (!this.sent) this.claps = this.told
    this.button.lastChild.textContent = this.claps == null ? '' : (this.claps + this.sent + this.more).toLocaleString()
  }

  clap() {
    if (this.yours + this.sent + this.more >= MOST) return this.say(`You have given all ${MOST}.`)
    this.more++
    this.show()
    this.tick ||= setTimeout(() => this.send(), 300)
  }

  async send() {
    const body = JSON.stringify({ url: this.page, claps: this.sent = this.more })
    this.more = 0
    try {
      const answer = await fetch(CLAPS, { method: 'POST', body, keepalive: true })
      const detail = await answer.json()
      if (!answer.ok) throw Error(detail.detail)
      this.yours = detail.yours
      if (detail.claps > this.told) this.told = detail.claps
      this.say(`Thank you: ${detail.yours} from you.`)
      this.dispatchEvent(new CustomEvent('clapped', { bubbles: true, detail }))
    } catch (error) { this.say('Not counted. ' + error.message) }
    this.sent = 0
    this.show()
    this.tick = this.more && setTimeout(() => this.send(), 300)
  }

  hear(claps) {
    this.tries = 0
    this.told = claps ?? this.told
    this.show()
  }

  // How many this reader has given already, so that no clap is shown that will not count.
  ask() {
    return fetch(CLAPS + this.query).then(answer => answer.json()).then(told => {
      this.yours = told.yours
      told.claps < this.told || this.hear(told.claps)
    }).catch(() => 0)
  }

  // By WebSocket, else by event stream, else by asking now and then; the way that told something is taken again.
  listen(way = 0) {
    const address = SITE + '/live' + this.query
    const later = (way, wait) => { if (this.page) this.later = setTimeout(() => this.listen(way), wait) }
    if (way > 1) return this.ask().then(() => later(0, POLL))
    const wire = this.wire = way ? new EventSource(address) : new WebSocket(address.replace('http', 'ws'), 'claps.json.v1')
    let next = way + 1
    wire.onmessage = event => { next = way; this.hear(JSON.parse(event.data).state.claps) }
    wire[way ? 'onerror' : 'onclose'] = () => {
      wire.close()
      later(next, Math.random() * Math.min(POLL, 1000 * 2 ** this.tries++))
    }
  }
})
