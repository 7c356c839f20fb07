'use client'

import { type FormEvent, useRef, useState } from 'react'
import type { CartLine } from '@/lib/cart'
import type { CustomerField } from '@/lib/order'
import { checkCustomer, type FieldErrors } from '@/lib/validation'
import styles from './checkout-form.module.css'
import { sendOrder } from './send-order'

type Props = {
  lines: CartLine[]
  idempotencyKey: string
  /** Fields that the server refused when the form was sent without JavaScript. */
  refused: string[]
  expired: boolean
  total: string
}

type Field = {
  name: CustomerField
  label: string
  autoComplete: string
  type?: string
  half?: boolean
}

const FIELDS: Field[] = [
  { name: 'name', label: 'Full name', autoComplete: 'name' },
  { name: 'email', label: 'E-mail', autoComplete: 'email', type: 'email' },
  {
    name: 'address',
    label: 'Street and number',
    autoComplete: 'street-address',
  },
  {
    name: 'city',
    label: 'Town or city',
    autoComplete: 'address-level2',
    half: true,
  },
  {
    name: 'postcode',
    label: 'Postcode',
    autoComplete: 'postal-code',
    half: true,
  },
]

export function CheckoutForm({ lines, idempotencyKey, refused, expired, total }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const [errors, setErrors] = useState<FieldErrors>(
    Object.fromEntries(refused.map((field) => [field, 'Please check this.'])),
  )
  const [problem, setProblem] = useState(expired ? 'This page had expired. Please send it again.' : '')
  const [busy, setBusy] = useState(false)

  function show(found: FieldErrors) {
    setErrors(found)
    const first = FIELDS.find((field) => found[field.name])
    if (first) form.current?.querySelector<HTMLInputElement>(`[name="${first.name}"]`)?.focus()
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setProblem('')
    const customer = checkCustomer(Object.fromEntries(new FormData(event.currentTarget)))
    show(customer.ok ? {} : customer.errors)
    if (!customer.ok) return
    setBusy(true)
    const result = await sendOrder(idempotencyKey, {
      customer: customer.value,
      lines,
    })
    if (result.ok) return location.assign(`/orders/${result.orderId}`)
    setBusy(false)
    setProblem(result.message)
    show(result.fields ?? {})
  }

  return (
    <form
      ref={form}
      action="/checkout/place"
      method="post"
      className={styles.form}
      onSubmit={submit}
      noValidate
    >
      <input type="hidden" name="idempotencyKey" value={idempotencyKey} />
      <div aria-live="assertive">{problem && <p className="notice">{problem}</p>}</div>
      {FIELDS.map((field) => (
        <TextField key={field.name} field={field} error={errors[field.name]} />
      ))}
      <button type="submit" className="button" disabled={busy}>
        {busy ? 'Placing your order…' : `Place order · ${total}`}
      </button>
      <p className="muted">A demonstration shop: nothing is charged, nothing is sent.</p>
    </form>
  )
}

function TextField({ field, error }: { field: Field; error: string | undefined }) {
  const { name, label, autoComplete, type = 'text', half } = field
  return (
    <div className={half ? styles.half : styles.field}>
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        autoComplete={autoComplete}
        maxLength={120}
        required
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-error` : undefined}
      />
      {error && (
        <p id={`${name}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}
