// Makes one request a tick out of a held button or many fast claps.
// Without it every press is a request of its own, and nothing else changes.
const TICK = 300, HOLD_AFTER = 400, HOLD_EVERY = 110

function attach(form) {
  const box = form.parentNode
  const [field, button] = form.elements
  let waiting = 0, sent = 0, ticking, timer, held

  const listen = (target, names, listener) => names.split(' ').forEach(name => target.addEventListener(name, listener))
  const show = () => { form.lastElementChild.textContent = waiting + sent ? '+' + (waiting + sent) : '' }
  const release = () => clearInterval(timer)  // timeouts and intervals share their numbers

  function press() {
    const left = box.querySelector('[data-left]')?.dataset.left ?? 50
    // With none left a single press still goes out: the server says why it does not count.
    if (waiting + sent >= (held ? left : Math.max(1, left))) return
    waiting++
    show()
    send()
  }

  function send() {
    if (!waiting || sent || ticking) return
    field.value = sent = waiting
    waiting = 0
    ticking = setTimeout(() => { ticking = 0; send() }, TICK)
    form.requestSubmit()
    field.value = 1
  }

  listen(button, 'pointerdown keydown', event => {
    if (event.button || event.key && !/^( |Enter)$/.test(event.key)) return
    if (event.repeat) return event.preventDefault()
    release()
    held = false
    timer = setTimeout(() => { held = true; timer = setInterval(press, HOLD_EVERY) }, HOLD_AFTER)
  })
  listen(button, 'pointerup pointercancel pointerleave keyup blur', release)
  listen(button, 'click', event => {
    event.preventDefault()
    if (!held) press()
    held = false
  })
  // Whoever takes back means those as well that are not under way yet.
  listen(box, 'submit', event => { if (event.target !== form) { waiting = 0; show() } })
  listen(form, 'htmx:finally:request', () => { sent = 0; show(); send() })
  // A refusal that explains itself comes after these and replaces the sentence.
  listen(box, 'htmx:error htmx:response:error', event => {
    if (event.target.matches('form')) box.lastElementChild.textContent = box.dataset.lost
  })
}

if (window.htmx) document.querySelectorAll('[data-hold]').forEach(attach)
