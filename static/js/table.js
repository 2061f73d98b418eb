// Puts rows that arrive in their places by key, and keeps out those of other pages of the table.
// Without it rows still change where they stand.
const rows = document.getElementById('rows')
const { after, upto, prefix } = rows.dataset
const keyed = () => [...rows.children].filter(row => 'key' in row.dataset)

function place(row) {
  const key = row.dataset.key
  if (key <= after || upto && key > upto || !key.startsWith(prefix)) return row.remove()
  const next = keyed().find(other => other !== row && other.dataset.key > key)
  const before = keyed().filter(other => other !== row && other.dataset.key < key).pop()
  const stands = next ? row.compareDocumentPosition(next) & 4 : true
  if (!stands || before && before.compareDocumentPosition(row) & 2) rows.insertBefore(row, next ?? null)
}

new MutationObserver(changes => {
  for (const { addedNodes } of changes) for (const row of addedNodes) if (row.dataset?.key && row.isConnected) place(row)
}).observe(rows, { childList: true })

addEventListener('click', event => {
  const shut = event.target.closest('[data-shut]')
  if (!shut) return
  event.preventDefault()
  const editor = shut.closest('tr')
  editor.previousElementSibling?.querySelector('a')?.focus()
  editor.remove()
})

// What was missed for good is shown anew by itself, unless somebody is writing.
new MutationObserver(() => {
  const again = document.querySelector('[data-again]')
  if (again && !rows.querySelector('.editor') && !document.activeElement?.closest('form')) location.reload()
}).observe(document.getElementById('stale'), { childList: true })
