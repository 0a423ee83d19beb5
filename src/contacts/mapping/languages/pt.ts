import type { Language } from './language.ts';

export const PORTUGUESE: Language = {
  meanings: {
    email:
      'endereco de email, endereco de e mail, correio eletronico, correio electronico, endereco email, e mail, endereco eletronico',
    phone:
      'telefone, numero de telefone, n de telefone, celular, telemovel, telefone celular, telefone fixo, fixo, ' +
      'numero de celular, numero de telemovel, tel, fone, telefone movel, n telefone, telefones, numero do celular',
    firstName: 'primeiro nome, nome proprio, nomes proprios',
    lastName: 'sobrenome, apelido, ultimo nome, apelidos, sobrenomes',
    fullName: 'nome completo, nome e sobrenome, nome e apelido, nome sobrenome',
    name: 'nome',
    gender: 'sexo, genero, tratamento?, titulo?',
    birthDate:
      'data de nascimento, data nascimento, nascimento, aniversario, data de aniversario, data nasc, dt nascimento, data de nasc, dt nasc',
    birthYear: 'ano de nascimento, ano nascimento',
    age: 'idade',
    street: 'rua, logradouro, rua e numero, endereco 1, linha de endereco 1, avenida, morada 1, endereco linha 1',
    houseNumber: 'numero!?, numero da casa, numero porta, n porta, numero de porta, numero do endereco',
    addressLine2:
      'complemento, endereco 2, bairro, linha de endereco 2, apartamento, andar, morada 2, endereco linha 2',
    address: 'endereco, morada, endereco completo, morada completa',
    city: 'cidade, localidade, municipio, concelho',
    region: 'estado?, uf, distrito, provincia, regiao, estado provincia',
    postalCode: 'cep?, codigo postal, codigo de enderecamento postal, cod postal',
    country: 'pais, pais regiao, codigo do pais, codigo pais, pais de residencia',
    time:
      'data do pedido, data pedido, data, data da compra, data compra, criado em, data de criacao, data da encomenda, ' +
      'data e hora, hora, data de pagamento, data da fatura, data do pagamento, data encomenda, data da venda, data da transacao',
    amount:
      'valor total, total, valor, valor do pedido, total do pedido, montante, preco total, preco, valor da compra, ' +
      'total da encomenda, valor pago, total pago, subtotal, receita',
    aggregate: 'total gasto, valor gasto, total de compras, ticket medio, valor medio, gasto total',
    currency: 'moeda, codigo da moeda',
    status:
      'estado do pedido, status do pedido, situacao, estado da encomenda, status do pagamento, status pedido, estado do pagamento, status pagamento',
    cancelledAt: 'cancelado em, data de cancelamento, data cancelamento, cancelado, cancelada em',
    refunded: 'reembolsado, valor reembolsado, reembolso, estornado, valor estornado',
    test: 'pedido de teste',
    itemName: 'produto, nome do produto, artigo, nome do artigo, nome produto',
    itemSku: 'codigo do produto, referencia do produto, codigo produto, codigo do artigo',
    itemQuantity: 'quantidade, qtd, qtde',
    itemPrice: 'preco unitario, valor unitario',
  },
  addresses: {
    default: 'padrao, principal, predefinido, predefinida',
    mailing: 'postal, correspondencia, residencial',
    billing: 'cobranca, de cobranca, faturacao, faturamento, de faturacao',
    home: 'casa, pessoal, particular, residencia, privado',
    shipping: 'entrega, de entrega, envio, de envio',
    work: 'trabalho, comercial, profissional, escritorio',
    other: 'outro, outra, secundario, secundaria, segundo, alternativo, alternativa',
  },
  people: {
    customer: 'cliente, clientes, comprador',
    contact: 'contato, contacto',
    user: 'usuario, utilizador',
    member: 'membro, socio, associado, cartao fidelidade, cartao de fidelidade',
    subscriber: 'assinante, inscrito, subscritor',
    person: 'pessoa, participante',
    lead: 'lead',
    donor: 'doador',
    record: 'registro, registo',
  },
  ids: 'numero, n, no, num, codigo, cod, identificador, referencia, ref, chave',
  orders: 'pedido, encomenda, compra, fatura, transacao, venda, pagamento, recibo, reserva',
  others:
    'proprietario, responsavel, vendedor, agente, gestor, consultor, criado por, modificado por, alterado por, ' +
    'atribuido a, atribuido, empresa, conta, organizacao, empregador, loja, fornecedor, indicado por, pai, mae, pais e mae, ' +
    'tutor, conjuge, campanha, lista, grupo, dispositivo, funcionario, cnpj, cpf, nif, rg, banco, cartao, ' +
    'cartao de credito, cupom, cupao, rastreio, site, emergencia, contato de emergencia, filial, produto, artigo',
  fillers:
    'o, a, os, as, de, do, da, dos, das, e, ou, em, no, na, seu, sua, meu, minha, para, com, por, valido, obrigatorio, ' +
    'opcional, dados, campo, eur, brl, interno, externo',
};
